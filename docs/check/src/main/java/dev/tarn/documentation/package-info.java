/**
 * The pages for users as tests want them: blocks by kind, commands by program, links, headings. It
 * knows Markdown and shells as far as these pages use them, and nothing of Tarn, so that each
 * module can hold the pages against its own code: server and agent their commands and configuration
 * files, this one the rest.
 */
@NullMarked
package dev.tarn.documentation;

import org.jspecify.annotations.NullMarked;

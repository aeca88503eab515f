/**
 * Finds the credential that an operator configured for an origin and a repository: in docker-config
 * files, else by asking kubelet credential-provider plugins. Files are read anew when they change;
 * one that cannot be used leaves the last good one in force. Nothing here knows who asks and why,
 * or sends anything anywhere; the upstream client decides who is shown what is found. Nothing that
 * is found is ever printed, logged or written.
 */
@NullMarked
package dev.tarn.server.credentials;

import org.jspecify.annotations.NullMarked;

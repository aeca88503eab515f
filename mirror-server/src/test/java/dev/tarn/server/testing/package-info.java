/** Real servers with scripted faults, and what else the tests of this module share. */
package dev.tarn.server.testing;

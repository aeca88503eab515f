package dev.tarn.server.peer;

/**
 * A failure with what is to be said about it.
 *
 * @param detail for a log; no data of others
 */
record PeerTrouble(PeerFailure failure, String detail) {}

package dev.tarn.core.transfer;

/** Why a transfer ended without its content being complete and verified. */
public enum TransferFailure {
  /** Upstream broke off or refused to go on, and every retry failed. */
  SOURCE,
  /** All bytes came, and they are not the content that the digest names. */
  MISMATCH,
  /** The disk has no room for the rest. */
  NO_ROOM,
  /** The disk failed. */
  STORAGE,
  /** Nobody reads it any more. */
  ABANDONED,
  /** This node is shutting down. */
  SHUTDOWN
}

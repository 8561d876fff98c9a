/** The octets of one stored message: `prefix` (header fields that this server added), then the original. */
export interface MessageReader {
  readonly prefix: Uint8Array;
  /** Octets of the original alone. */
  readonly originalBytes: number;
  readonly partMap: string;
  /** Octets [start, end) of the original. Small messages are in memory; of large ones only this range is read. */
  read(start: number, end: number): Promise<Uint8Array>;
  close(): void;
}

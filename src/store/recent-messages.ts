const maxMessages = 64;
/** Of octets as they are kept; larger messages are not remembered. */
const maxBytes = 32 * 1024;

interface Hashed {
  readonly hash: Uint8Array;
  readonly octets: Uint8Array | null;
}

/** The last messages that were prepared, by the hash of their octets: one that comes again needs no work. Bounded: 2 MiB. */
export class RecentMessages<Message extends Hashed> {
  readonly #byHash = new Map<string, Message>();

  find(digest: Buffer): Message | undefined {
    return this.#byHash.get(digest.toString('latin1'));
  }

  remember(prepared: Message): void {
    if (prepared.octets === null || prepared.octets.length > maxBytes) return;
    if (this.#byHash.size >= maxMessages) {
      const [oldest] = this.#byHash.keys();
      if (oldest !== undefined) this.#byHash.delete(oldest);
    }
    this.#byHash.set(Buffer.from(prepared.hash).toString('latin1'), prepared);
  }
}

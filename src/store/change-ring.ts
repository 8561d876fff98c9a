/** Changes that are remembered of one mailbox: 12 octets each, taken when the first one comes. */
const capacity = 4096;

/** Which messages of a mailbox changed lately, so that telling it does not take longer the more messages there are. */
export class ChangeRing {
  private uids: Uint32Array | undefined;
  private modseqs = new Float64Array(0);
  private next = 0;
  private count = 0;
  /** Of changes up to this modseq some are not remembered. */
  private floor: number;

  constructor(floor: number) {
    this.floor = floor;
  }

  /** There is a message with this modseq, and nothing more is known of how it came to it. */
  forget(modseq: number): void {
    if (modseq > this.floor) this.floor = modseq;
  }

  add(uid: number, modseq: number): void {
    if (this.uids === undefined) {
      this.uids = new Uint32Array(capacity);
      this.modseqs = new Float64Array(capacity);
    }
    if (this.count === capacity) this.forget(this.modseqs[this.next] ?? 0);
    else this.count += 1;
    this.uids[this.next] = uid;
    this.modseqs[this.next] = modseq;
    this.next = (this.next + 1) % capacity;
  }

  /** Uids that changed after this modseq, ascending; undefined when not all of them are remembered. */
  since(modseq: number): Uint32Array | undefined {
    if (modseq < this.floor) return undefined;
    const found = new Set<number>();
    for (let at = 0; at < this.count; at++) {
      if ((this.modseqs[at] ?? 0) > modseq) found.add(this.uids?.[at] ?? 0);
    }
    return Uint32Array.from(found).sort();
  }
}

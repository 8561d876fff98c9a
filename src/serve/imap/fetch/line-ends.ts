const CR = 13;
const LF = 10;

/** Puts a CR before each LF that has none. Pieces in, pieces out; a piece with nothing to mend is passed on as it is. */
export class LineEnds {
  private last = 0;

  write(octets: Uint8Array): Uint8Array {
    const bare = this.countBare(octets);
    const before = this.last;
    if (octets.length > 0) this.last = octets[octets.length - 1] ?? 0;
    if (bare === 0) return octets;
    const out = new Uint8Array(octets.length + bare);
    let to = 0;
    let previous = before;
    for (const octet of octets) {
      if (octet === LF && previous !== CR) out[to++] = CR;
      out[to++] = octet;
      previous = octet;
    }
    return out;
  }

  private countBare(octets: Uint8Array): number {
    let bare = 0;
    for (let at = octets.indexOf(LF); at >= 0; at = octets.indexOf(LF, at + 1)) {
      if ((at === 0 ? this.last : octets[at - 1]) !== CR) bare++;
    }
    return bare;
  }
}

import type { SetFlags } from '../../store/store.ts';
import { countPositions, RangeCollector } from './positions.ts';
import type { PositionRanges, View } from './view.ts';

/**
 * Finds, around a STORE .SILENT, the messages whose flags others changed without this client knowing: SILENT keeps quiet
 * about what the client did, not about those (RFC 9051 section 6.4.6). Their modseq is that of the STORE afterwards, so they
 * have to be found here.
 */
export class UntoldChanges {
  private readonly view: View;
  private readonly positions: PositionRanges;
  /** Flags before the write, of each of the positions in turn. */
  private readonly before: Uint32Array;
  private readonly untold: Uint8Array;

  /** Just before the write. */
  constructor(view: View, positions: PositionRanges) {
    this.view = view;
    this.positions = positions;
    const count = countPositions(positions);
    this.before = new Uint32Array(count);
    this.untold = new Uint8Array(count);
    const { index } = view;
    this.each((at, i) => {
      const modseq = index.modseqs[at] ?? 0;
      this.before[i] = index.flags[at] ?? 0;
      if (modseq > view.flagsModseq && !view.ignores(modseq)) this.untold[i] = 1;
    });
  }

  /** Just after it: those that had changed before, or came out otherwise than the write alone explains. */
  after(how: SetFlags['how'], flags: number): PositionRanges {
    const found = new RangeCollector();
    const { index } = this.view;
    this.each((at, i, position) => {
      const before = this.before[i] ?? 0;
      const after = index.flags[at] ?? 0;
      const expected = how === 'add' ? before | flags : how === 'remove' ? before & ~flags : flags;
      if (this.untold[i] === 1 || (after !== expected && after !== before)) found.add(position);
    });
    return found.ranges;
  }

  private each(look: (at: number, i: number, position: number) => void): void {
    let i = 0;
    for (const [first, last] of this.positions) {
      for (let position = first; position <= last; position++, i++) {
        const at = this.view.indexPosition(position);
        if (at >= 0) look(at, i, position);
      }
    }
  }
}

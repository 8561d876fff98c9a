import type { SetFlags } from '../../store/store.ts';
import { countPositions, RangeCollector } from './positions.ts';
import type { PositionRanges, View } from './view.ts';

const none: readonly string[] = [];

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
  private readonly keywordsBefore: (readonly string[])[] = [];
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
      this.keywordsBefore[i] = index.keywordsAt(at);
      if (modseq > view.flagsModseq && !view.ignores(modseq)) this.untold[i] = 1;
    });
  }

  /** Just after it: those that had changed before, or came out otherwise than the write alone explains. */
  after({ how, flags, keywords }: Pick<SetFlags, 'how' | 'flags' | 'keywords'>): PositionRanges {
    const found = new RangeCollector();
    const { index } = this.view;
    this.each((at, i, position) => {
      const before = this.before[i] ?? 0;
      const after = index.flags[at] ?? 0;
      const expected = how === 'add' ? before | flags : how === 'remove' ? before & ~flags : flags;
      const keywordsBefore = this.keywordsBefore[i] ?? none;
      const keywordsAfter = index.keywordsAt(at);
      const asBefore = after === before && sameNames(keywordsBefore, keywordsAfter);
      const asExpected = after === expected && isExplained(how, keywords, keywordsBefore, keywordsAfter);
      if (this.untold[i] === 1 || (!asBefore && !asExpected)) found.add(position);
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

/** Are the keywords what the write alone makes of those before? In any case of letters. */
function isExplained(
  how: SetFlags['how'],
  names: readonly string[],
  before: readonly string[],
  after: readonly string[],
): boolean {
  // The index shares the arrays of equal sets, so most comparisons end here.
  if (names.length === 0 && how !== 'replace') return before === after || sameNames(before, after);
  if (how === 'replace') return sameNames(names, after);
  const given = new Set(names.map((name) => name.toLowerCase()));
  const kept = before.filter((name) => !given.has(name.toLowerCase()));
  return sameNames(how === 'add' ? [...kept, ...given] : kept, after);
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  if (a.length === 0 && b.length === 0) return true;
  const wanted = new Set(a.map((name) => name.toLowerCase()));
  return wanted.size === b.length && b.every((name) => wanted.has(name.toLowerCase()));
}

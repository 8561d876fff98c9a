import { describe, expect, test } from 'vitest';
import type { Sink } from '../../../base/conversation.ts';
import { printNumbers } from '../../../wire/imap/sequence-set.ts';
import { Reply } from '../respond.ts';
import { writeESearch, writeSearch } from './write-result.ts';

function listen(): { readonly reply: Reply; readonly said: () => string } {
  let out = '';
  const parts: Partial<Sink<never>> = { write: (data) => void (out += String(data)), pendingBytes: 0, closed: false };
  // The rest of a sink is for conversations; a reply only writes.
  return { reply: new Reply(parts as Sink<never>), said: () => out };
}

describe('SEARCH', () => {
  for (const [numbers, modseq, want] of [
    [[], undefined, '* SEARCH\r\n'],
    [[], 5, '* SEARCH\r\n'],
    [[2, 3, 6], undefined, '* SEARCH 2 3 6\r\n'],
    [[2, 3, 6], 917_162_500, '* SEARCH 2 3 6 (MODSEQ 917162500)\r\n'],
  ] as const) {
    test(want.trim(), async () => {
      const { reply, said } = listen();
      await writeSearch(reply, { numbers, modseq });
      expect(said()).toBe(want);
    });
  }

  test('very many are split in lines of less than a megabyte', async () => {
    const { reply, said } = listen();
    const numbers = Array.from({ length: 120_001 }, (_each, i) => 4_294_000_000 + i);
    await writeSearch(reply, { numbers, modseq: undefined });
    const lines = said().split('\r\n').slice(0, -1);
    expect(lines).toHaveLength(3);
    expect(lines.every((line) => line.startsWith('* SEARCH ') && line.length < 1_000_000)).toBe(true);
    expect(lines.flatMap((line) => line.split(' ').slice(2).map(Number))).toEqual(numbers);
  });
});

describe('ESEARCH', () => {
  test('a set of very many ranges is whole', async () => {
    const { reply, said } = listen();
    const numbers = Array.from({ length: 30_000 }, (_each, i) => 1 + i + Math.floor(i / 3));
    const head = { tag: 'a', byUid: true, returns: new Set(['ALL', 'MIN', 'MAX', 'COUNT'] as const) };
    await writeESearch(reply, head, { numbers, modseq: 7 }, numbers.length);
    expect(said()).toBe(
      `* ESEARCH (TAG "a") UID MIN 1 MAX ${numbers.at(-1)} COUNT 30000 ALL ${printNumbers(numbers)} MODSEQ 7\r\n`,
    );
  });

  test('nothing found: no item but COUNT', async () => {
    const { reply, said } = listen();
    const head = { tag: 'a', byUid: false, returns: new Set(['ALL', 'MIN', 'MAX', 'COUNT'] as const) };
    await writeESearch(reply, head, { numbers: [], modseq: 7 }, 0);
    expect(said()).toBe('* ESEARCH (TAG "a") COUNT 0\r\n');
  });
});

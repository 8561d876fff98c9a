import { describe, expect, test } from 'vitest';
import { threadIds } from './thread-ids.ts';

describe('ids as THREAD compares them', () => {
  for (const [raw, want] of [
    ['<a@b>', ['a@b']],
    ['<"01KF8JCEOCBS0045PS"@xxx.yyy.com>', ['01KF8JCEOCBS0045PS@xxx.yyy.com']],
    ['<"a\\"b"@c>', ['a"b@c']],
    ['<A@b> <a@B>', ['A@b', 'a@B']],
    ['text of 1 Jan <a@b> and <c@d', ['a@b']],
    ['<a@b><c\r\n @d>', ['a@b', 'c@d']],
    ['<x <a@b>', ['a@b']],
    ['<> < >', []],
    ['', []],
    [`<${'x'.repeat(1001)}> <a@b>`, ['a@b']],
  ] as const) {
    test(raw.slice(0, 50), () => expect(threadIds(raw)).toEqual(want));
  }

  test('of very many the first and the last', () => {
    const ids = threadIds(Array.from({ length: 50_000 }, (_each, i) => `<${i}@x>`).join(' '));
    expect(ids).toHaveLength(101);
    expect([ids[0], ids[1], ids.at(-1)]).toEqual(['0@x', '49900@x', '49999@x']);
  });

  test('openings without end take no time worth mentioning', () => {
    expect(threadIds('<'.repeat(1_000_000))).toEqual([]);
    expect(threadIds(`${'<'.repeat(1_000_000)}>`)).toEqual([]);
  });
});

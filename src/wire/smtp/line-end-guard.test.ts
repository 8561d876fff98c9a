import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineEndGuard } from './line-end-guard.ts';

test('does in any pieces what a replacement does at once', () => {
  const text = fc.array(fc.constantFrom('\r\n', '\n', '\r', 'a', '.', 'bcd')).map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }), (data, cuts) => {
      const guard = new LineEndGuard();
      let got = '';
      for (let at = 0, cut = 0; at < data.length; cut++) {
        const length = cuts[cut % cuts.length] ?? 1;
        got += Buffer.from(guard.push(Buffer.from(data.slice(at, at + length), 'latin1')) ?? []).toString('latin1');
        at += length;
      }
      guard.end();
      const faulty = /\r(?!\n)/.test(data);
      expect(guard.bareCr).toBe(faulty);
      if (!faulty) expect(got).toBe(data.replace(/\r?\n/g, '\r\n'));
    }),
    { numRuns: 2000 },
  );
});

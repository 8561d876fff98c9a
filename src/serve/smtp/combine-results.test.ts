import { expect, test } from 'vitest';
import { replies } from '../../wire/smtp/replies.ts';
import { combineResults } from './combine-results.ts';
import type { RecipientAnswer } from './combine-results.ts';

const { unknownRecipient: unknown, overQuota: full, postNotAllowed: closed, localError } = replies;
const of = (...refusals: RecipientAnswer['refusal'][]): RecipientAnswer[] =>
  refusals.map((refusal, index) => ({ printed: `r${index}@example.org`, refusal }));

for (const [name, answers, code, enhanced, lines] of [
  ['one filed', of(undefined), 250, '2.0.0', 1],
  ['all filed', of(undefined, undefined), 250, '2.0.0', 1],
  ['some refused', of(undefined, full, unknown), 250, '2.0.0', 3],
  ['one refused', of(full), 452, '4.2.2', 1],
  ['all refused alike', of(unknown, unknown), 550, '5.1.1', 2],
  ['one code, two meanings: final', of(unknown, closed), 554, '5.0.0', 2],
  ['one is final', of(full, unknown), 554, '5.0.0', 2],
  ['none is final', of(full, localError), 451, '4.0.0', 2],
  ['a thousand refused: the answer is bounded', of(...Array.from({ length: 1000 }, () => unknown)), 550, '5.1.1', 101],
] as const) {
  test(name, () => {
    const got = combineResults(answers, 'x.1', false);
    expect({ code: got.code, enhanced: got.enhanced, lines: got.lines.length }).toEqual({ code, enhanced, lines });
  });
}

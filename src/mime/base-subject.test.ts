import { expect, test } from 'vitest';
import { baseSubject } from './base-subject.ts';
import { parseMessageId, parseMessageIds } from './message-ids.ts';

const cases: readonly [string, string, boolean][] = [
  ['Hello', 'hello', false],
  ['  Hello \t  World ', 'hello world', false],
  ['Re: Hello', 'hello', true],
  ['RE:re: FW:Fwd :Hello', 'hello', true],
  ['Re[2]: Hello', 'hello', true],
  ['Re [x] : Hello', 're [x] : hello', false],
  ['[list] Re: Hello', 'hello', true],
  ['[a] [b] Re: [c] Hello', 'hello', true],
  ['[list] Hello', 'hello', false],
  ['[list]', '[list]', false],
  ['[a][b]', '[b]', false],
  ['Hello (fwd)', 'hello', true],
  ['Hello (fwd)  (FWD) ', 'hello', true],
  ['[fwd: Hello]', 'hello', true],
  ['[Fwd: [list] Re: Hello (fwd)]', 'hello', true],
  ['Re: [fwd: Re: Hello]', 'hello', true],
  ['Re:', '', true],
  ['Regarding: x', 'regarding: x', false],
  ['Fwd Hello', 'fwd hello', false],
  ['', '', false],
  ['(fwd)', '', true],
  ['[fwd:]', '', true],
];
for (const [subject, text, isReplyOrForward] of cases) {
  test(`base subject of "${subject}"`, () => expect(baseSubject(subject)).toEqual({ text, isReplyOrForward }));
}

test('a megabyte of markers', () => {
  for (const piece of ['[a]', 're:', '(fwd)', '[fwd:', '[', ' ', '[a] re', 're['])
    expect(baseSubject(piece.repeat(200_000)).text.length).toBeLessThanOrEqual(2000);
});

for (const [raw, want] of [
  [' <Abc@Host.Example>', 'abc@host.example'],
  ['<a@b> (added by x)', 'a@b'],
  ['<a@b>x', undefined],
  ['a@b', undefined],
  ['<>', undefined],
  ['<a@b', undefined],
  ['<a b@\r\n c>', 'ab@c'],
  ['<"abc"@x>', 'abc@x'],
  ['<"a b"@x>', 'ab@x'],
  ['<"a@c"@x>', '"a@c"@x'],
  ['<no-at>', 'no-at'],
  [`<${'x'.repeat(2000)}>`, undefined],
  ['<\xc3\x9c@x>', 'ü@x'],
] as const) {
  test(`Message-ID ${raw.slice(0, 30)}`, () => expect(parseMessageId(raw)).toBe(want));
}

for (const [raw, want] of [
  [' <a@b>\r\n <c@d>', ['a@b', 'c@d']],
  ['Your message of "x" <A@b>', ['a@b']],
  ['<a@b> <cut <c@d> <e@', ['a@b', 'c@d']],
  ['', []],
  ['<a@b><c@d>', ['a@b', 'c@d']],
] as const) {
  test(`References ${raw}`, () => expect(parseMessageIds(raw)).toEqual(want));
}

test('the last hundred references are kept', () => {
  const ids = parseMessageIds(Array.from({ length: 5000 }, (_, index) => `<${index}@x>`).join(' '));
  expect([ids.length, ids[0], ids.at(-1)]).toEqual([100, '4900@x', '4999@x']);
});

test('a megabyte of brackets', () => {
  for (const piece of ['<', '>', '<a', '<">'])
    expect(parseMessageIds(piece.repeat(300_000)).length).toBeLessThanOrEqual(100);
});

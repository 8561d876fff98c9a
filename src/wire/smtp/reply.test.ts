import { expect, test } from 'vitest';
import { printReply, reply } from './reply.ts';
import { replies } from './replies.ts';

test('one line, with and without enhanced code', () => {
  expect(printReply(reply(250, '2.0.0', 'OK'))).toBe('250 2.0.0 OK\r\n');
  expect(printReply(reply(354, undefined, 'go'))).toBe('354 go\r\n');
  expect(printReply(reply(550, '5.1.1', 'no'), ' (x1)')).toBe('550 5.1.1 no (x1)\r\n');
});

test('more lines: the codes stand on each', () => {
  expect(printReply({ code: 554, enhanced: '5.0.0', lines: ['a', 'b'] })).toBe('554-5.0.0 a\r\n554 5.0.0 b\r\n');
});

test('a text cannot make a reply of its own', () => {
  expect(printReply(reply(550, '5.1.1', 'a\r\n250 OK\0é'))).toBe(
    `550 5.1.1 a 250 OK ${Buffer.from('é').toString('latin1')}\r\n`,
  );
});

test('the class of the enhanced code is that of the code', () => {
  for (const { code, enhanced } of Object.values(replies)) {
    expect(enhanced?.[0] ?? (code === 354 ? '3' : '')).toBe(String(code)[0]);
  }
});

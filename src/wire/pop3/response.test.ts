import { expect, test } from 'vitest';
import { printErr, printOk } from './response.ts';

test('responses', () => {
  expect(printOk('')).toBe('+OK\r\n');
  expect(printOk('2 320')).toBe('+OK 2 320\r\n');
  expect(printErr('no such message')).toBe('-ERR no such message\r\n');
  expect(printErr('gesperrt:\r\nfür immer', 'SYS/PERM')).toBe('-ERR [SYS/PERM] gesperrt:  f r immer\r\n');
});

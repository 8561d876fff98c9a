import { expect, test } from 'vitest';
import { read } from './read.ts';
import { peekReturn, takeReturn } from './read-return.ts';

test('UPDATE may name what is to be fetched. RFC 5465 section 7', () => {
  const items = [{ kind: 'uid' }, { kind: 'flags' }];
  expect(read('RETURN (COUNT UPDATE (UID FLAGS)) ', takeReturn)).toEqual({
    ok: true,
    value: { returns: ['COUNT', 'UPDATE'], updateItems: items },
  });
  expect(read('RETURN (UPDATE) ', takeReturn)).toEqual({ ok: true, value: { returns: ['UPDATE'] } });
  for (const text of ['RETURN (UPDATE ()) ', 'RETURN (COUNT (UID)) ', 'RETURN (UPDATE (UID) ', 'RETURN (UPDATE(UID)) '])
    expect(read(text, takeReturn).ok, text).toBe(false);
});

test('the options as they are written, without lists in them', () => {
  expect(peekReturn('t SEARCH RETURN (SAVE ALL) ALL', 8)).toEqual({ options: 'SAVE ALL', length: 18 });
  const nested = ' RETURN (UPDATE (BODY[HEADER.FIELDS (SAVE)]) COUNT) ALL';
  expect(peekReturn(nested, 0)).toEqual({ options: 'UPDATE  COUNT', length: nested.length - 4 });
  for (const text of ['', ' ALL', ' RETURN (', ' RETURN (SAVE', ` RETURN (${'('.repeat(2000)}`])
    expect(peekReturn(text, 0)).toEqual({ options: '', length: 0 });
});

import { expect, test } from 'vitest';
import { parseHeader } from './parse-header.ts';
import { readThreadNames } from './thread-names.ts';

const read = (...lines: string[]) => readThreadNames(parseHeader(`${lines.join('\r\n')}\r\n\r\n`));

test('References count before In-Reply-To, of which only the first id counts', () => {
  const replied = 'In-Reply-To: <c@x> of you <d@x>';
  expect(read('Message-ID: <E@x>', 'References: <a@x>\r\n <b@x>', replied)).toMatchObject({
    id: 'E@x',
    references: ['a@x', 'b@x'],
  });
  expect(read('References: none', replied)).toMatchObject({ id: undefined, references: ['c@x'] });
  expect(read('Message-ID: nothing')).toMatchObject({ id: undefined, references: [] });
});

test('subjects are compared without markers and case', () => {
  expect(read('Subject: =?utf-8?Q?Re:_Gr=C3=BC=C3=9Fe?=')).toMatchObject({
    subject: read('Subject: =?utf-8?Q?GR=C3=9C=C3=9Fe?=').subject,
    isReply: true,
  });
  expect(read('X: y')).toMatchObject({ subject: '', isReply: false });
});

import type { Chance } from '../model/chance.ts';

/** Pieces of header fields as odd mail has them, one character an octet. */

const utf8 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

const texts = [
  ...['hello', 'Re: hello', 'RE : [list] hello', 'Fwd: Re[2]: hello (fwd)', '[fwd: hello]', '[a] [b]', 're:', ' ', ''],
  ...['=?utf-8?Q?caf=C3=A9?=', '=?UTF-8?b?Y2Fmw6k=?=', '=?utf-8?B?Y2Fmw6?=', '=?utf-8?Q?caf=C3?= =?utf-8?Q?=A9?='],
  ...['=?iso-8859-1?q?caf=E9?= x', '=?gb2312?B?xOO6ww==?=', '=?iso-2022-jp?B?GyRCJCIbKEI=?=', '=?x-none?Q?=41?='],
  ...[
    '=?utf-8?Q?a b?=',
    '=?utf-8*en?Q?hi?=',
    '=?utf-8?Q??=',
    '=?utf-8?X?aa?=',
    'a=?utf-8?Q?b?=c',
    '=?us-ascii?q?a_b?=',
  ],
  ...[
    'caf\xe9',
    utf8('café'),
    '\xc4\xe3\xba\xc3',
    '\x1b$B$"\x1b(B',
    'a\tb',
    'a  b',
    'tab\t',
    '"quoted"',
    'back\\slash',
  ],
  ...[
    'one\r\n two',
    'one\r\n\ttwo\r\n  three',
    'one\r\n ',
    '\r\n one',
    'one \r\n \r\n two',
    'a\rb',
    '{3}',
    '%s',
    '(comment)',
  ],
];

const locals = [
  ...[
    'ann',
    'a.b',
    'a..b',
    '.a',
    '"a b"',
    '"a\\"b"',
    '"a"."b"',
    'a . b',
    'a(c)',
    '""',
    'ann+x',
    utf8('ä'),
    'a"b"',
    '"a\r\n b"',
  ],
];
const domains = [
  ...[
    'example.org',
    'x',
    'EXAMPLE.org',
    'a . b',
    '[192.0.2.1]',
    '[IPv6:::1]',
    '[a\\]b]',
    'a.',
    '.a',
    'a..b',
    'x_y.z',
    '',
  ],
  ...[utf8('bücher.example'), 'a (c) . b', '[', 'a-b.c'],
];
const names = [
  ...[
    'Ann',
    'Ann B.',
    '"Ann, B"',
    '"Ann \\"x\\""',
    'Ann "the" B',
    '=?utf-8?Q?J=C3=BC?=',
    '"=?utf-8?Q?J=C3=BC?="',
    'J\xfc',
    '',
  ],
  ...[
    '(c) Ann',
    'Ann (c)',
    '"a\r\n b"',
    'A\r\n B',
    '"unclosed',
    'a@b',
    'Dr. A. B.',
    "'Ann'",
    '""',
    '" "',
    '"a" "b"',
    'a.b',
  ],
];

export function oddAddress(chance: Chance): string {
  const spec = `${chance.pick(locals)}${chance.oneIn(12) ? '' : '@'}${chance.pick(domains)}`;
  switch (chance.below(14)) {
    case 0:
      return spec;
    case 1:
      return `${spec} (${chance.pick(['Ann', 'a (b) c', 'a \\) b', '', ' Ann ', '=?utf-8?Q?=C3=BC?=', '"x"'])})`;
    case 2:
      return `<${spec}>`;
    case 3:
      return `${chance.pick(names)} <${chance.pick(['@a,@b:', '@a:', '@a , @b :', ',@a:', ''])}${spec}>`;
    case 4:
      return `${chance.pick(['g', '"g"', 'my group', ' ', 'g.h'])}:${chance.oneIn(3) ? '' : spec}${chance.oneIn(3) ? `, ${spec}` : ''};`;
    case 5:
      return chance.pick([
        '<>',
        '',
        ',',
        ';',
        'ann',
        'Ann B',
        '"x"',
        '(c)',
        '@x',
        'a@b@c',
        '<a@b',
        'a@b>',
        '<<a@b>>',
        'a b@c',
        'g:',
        'g:;',
        ':;',
      ]);
    case 6:
      return `${chance.pick(names)}<${spec}>${chance.pick(['', ' (c)', ' x', '(c)(d)'])}`;
    case 7:
      return `${chance.pick(names)} < ${spec} >`;
    default:
      return `${chance.pick(names)} <${spec}>`;
  }
}

function oddAddresses(chance: Chance): string {
  const count = chance.oneIn(8) ? 0 : 1 + chance.below(3);
  const list = Array.from({ length: count }, () => oddAddress(chance));
  return list.join(chance.pick([', ', ',', ',\r\n ', ' , ', ',,', '\r\n\t,', ', (c) ']));
}

const dates = [
  ...[
    'Mon, 02 Jan 2023 10:20:30 +0100',
    '2 Jan 23 10:20 EST',
    'Mon, 2 Jan 2023 10:20:30 (c) +0000 (UTC)',
    'nonsense',
    '',
  ],
  ...[
    '2 Jan 123 10:20:30 Z',
    'Mon Jan 2 10:20:30 2023',
    '31 Feb 2023 10:20:30 +0000',
    '2 Jan 2023 10:20:60 -0000',
    '2 Jan 2023',
  ],
  ...[
    'Mon, 2 Jan 2023 25:20:30 +0000',
    'Mon,\r\n 2\r\n Jan 2023 10:20:30 +9999',
    '2-Jan-2023 10:20:30 A',
    '2023-01-02T10:20:30Z',
  ],
  ...[
    'Mon, 2 Jan 2023 10:20:30 GMT+1',
    '2 January 2023 10:20:30 pm',
    'Mon, 2 Jan 2023 10 : 20 : 30 PDT',
    '0 Jan 2023 0:0:0 +0',
  ],
];

const ids = [
  '<a@b>',
  '<a @ b>',
  'a@b',
  '<a@b> <c@d>',
  '<"a"@b>',
  '<>',
  '<a@b',
  '<a\r\n @b>',
  'x <c@d> y',
  '<A@B>',
  '<a@[1]>',
  '<a@b>(c)',
  '',
];

/** The fields of a message around those of MIME, in any order, some missing, some twice. */
export function oddFields(chance: Chance): string[] {
  const fields: string[] = [];
  const add = (name: string, value: string): void => {
    if (chance.oneIn(30)) return;
    const colon = chance.pick([': ', ': ', ': ', ': ', ':', ' : ', ':\r\n ', ':\t']);
    fields.push(`${chance.oneIn(12) ? name.toUpperCase() : name}${colon}${value}`);
  };
  add('From', oddAddresses(chance));
  if (chance.oneIn(3)) add('Sender', oddAddress(chance));
  if (chance.oneIn(3)) add('Reply-To', oddAddresses(chance));
  if (!chance.oneIn(6)) add('To', oddAddresses(chance));
  if (chance.oneIn(3)) add('Cc', oddAddresses(chance));
  if (chance.oneIn(6)) add('Bcc', oddAddresses(chance));
  if (chance.oneIn(12)) add('To', oddAddresses(chance));
  if (chance.oneIn(16)) add('From', oddAddresses(chance));
  add('Date', chance.pick(dates));
  add('Subject', `${chance.pick(texts)}${chance.oneIn(3) ? chance.pick(texts) : ''}`);
  add('Message-ID', chance.oneIn(3) ? chance.pick(ids) : `<${chance.below(40)}@x>`);
  if (chance.oneIn(2)) add('References', `${chance.pick(ids)} <${chance.below(40)}@x> <${chance.below(40)}@x>`);
  if (chance.oneIn(3)) add('In-Reply-To', chance.oneIn(2) ? chance.pick(ids) : `<${chance.below(40)}@x>`);
  if (chance.oneIn(20)) add('Subject', chance.pick(texts));
  if (chance.oneIn(3))
    fields.push(
      chance.pick(['no colon here', 'X-Y: z', ': nothing', 'X-\xfc: y', 'X Y: z', 'From me', '>From x', 'X:']),
    );
  for (let at = fields.length - 1; at > 0 && chance.oneIn(2); at--) {
    const other = chance.below(at + 1);
    [fields[at], fields[other]] = [fields[other] ?? '', fields[at] ?? ''];
  }
  return fields;
}

/** Some text out of those that headers have, to be searched for. */
export function oddText(chance: Chance): string {
  return chance.pick(texts);
}

import type { Chance } from '../model/chance.ts';
import { oddFields, oddText } from './odd-header.ts';

/** A message with much of what makes parsers differ; one character an octet, CRLF line ends. Never deep, never large. */
export function oddMessage(chance: Chance): string {
  return `${oddFields(chance)
    .map((field) => `${field}\r\n`)
    .join('')}${oddPart(chance, 0, true)}`;
}

const boundaries = [
  ...[
    'x',
    'xy',
    'x-y',
    'x--',
    '=_x',
    '--',
    '-',
    'a b',
    "a'()+_,-./:=?",
    'X',
    'xyz',
    'x ',
    ' x',
    'b'.repeat(70),
    'b'.repeat(90),
  ],
];

const charsets = [
  'utf-8',
  'us-ascii',
  'iso-8859-1',
  'gb18030',
  'iso-2022-jp',
  'x-none',
  '"utf-8"',
  '',
  'UTF-8',
  "'utf-8'",
];
const encodings = [
  ...[
    '7bit',
    '8bit',
    'binary',
    'quoted-printable',
    'base64',
    'Base64',
    'x-uuencode',
    'x-none',
    'base64 (c)',
    '"base64"',
    '',
  ],
  ...['(c) base64', '7-bit', 'quoted-printable;', 'base64\r\n ', 'quoted_printable'],
];

const parameters = [
  ...['name=a.txt', 'name="a b.txt"', "name*=utf-8''caf%C3%A9.txt", "name*0*=utf-8''a%20; name*1=b; name*2*=%C3%A9"],
  ...[
    'name*1=b; name*0=a',
    'name=x; name*0=a',
    'name*0="a b"; name*1=c',
    'name*0=a; name*2=c',
    'name=a b.txt',
    'name=',
    'name',
  ],
  ...[
    'name="=?utf-8?Q?=C3=BC?="',
    'name==?utf-8?Q?=C3=BC?=',
    'name="unclosed',
    'name=a;name=b',
    'NAME=a',
    '=a',
    'name = a',
  ],
  ...[
    'name="a\\"b"',
    'name="a\r\n b"',
    'name=caf\xe9',
    'name=(c)a',
    'name=a(c)',
    'format=flowed; delsp=yes',
    'name*00=a',
    "name*='x",
  ],
  ...[
    'name="a";; name2=b',
    'a/b=c',
    'name=a@b',
    'type="text/html"; start="<a@b>"',
    "name*=''%41%4",
    'name="";',
    'x=1, y=2',
  ],
];

function oddParameters(chance: Chance): string {
  let out = '';
  while (chance.oneIn(2)) out += `${chance.pick([';', '; ', ' ; ', ';\r\n ', ';\t', ';;'])}${chance.pick(parameters)}`;
  return chance.oneIn(8) ? `${out};` : out;
}

function contentFields(chance: Chance, type: string): string {
  const fields: string[] = [`Content-Type: ${type}`];
  if (chance.oneIn(25))
    fields.push(chance.pick(['Content-Type: text/html', 'Content-Type:', 'Content-Type: multipart/mixed; boundary=x']));
  if (chance.oneIn(2)) fields.push(`Content-Transfer-Encoding: ${chance.pick(encodings)}`);
  if (chance.oneIn(4)) {
    const kind = chance.pick([
      'attachment',
      'inline',
      'INLINE',
      '',
      'a/b',
      '"attachment"',
      'attachment (c)',
      'form-data',
    ]);
    fields.push(`Content-Disposition: ${kind}${oddParameters(chance).replaceAll('name', 'filename')}`);
  }
  if (chance.oneIn(5)) fields.push(`Content-ID: ${chance.pick(['<a@b>', 'a@b', '', '(c) <a@b>', '<a\r\n @b>'])}`);
  if (chance.oneIn(5)) fields.push(`Content-Description: ${oddText(chance)}`);
  if (chance.oneIn(8))
    fields.push(
      `Content-Language: ${chance.pick(['en', 'en, de', 'EN,', ',en', 'en de', '', '(c) en', 'en (c), de'])}`,
    );
  if (chance.oneIn(8))
    fields.push(
      `Content-Location: ${chance.pick(['http://x/y', 'a b', 'a\r\n b', '', '=?utf-8?Q?a?=', '"a"', '(c)a'])}`,
    );
  if (chance.oneIn(12)) fields.push(`Content-MD5: ${chance.pick(['Q2hlY2sgSW50ZWdyaXR5IQ==', 'x y', '', ' x (c)'])}`);
  if (chance.oneIn(20)) fields.shift();
  return fields.map((field) => `${field}\r\n`).join('');
}

/** Content fields, a blank line (mostly) and a body. */
function oddPart(chance: Chance, depth: number, isRoot: boolean): string {
  const kind = chance.below(depth > 3 ? 6 : 12);
  const gap = chance.oneIn(25) ? '' : chance.oneIn(40) ? ' \r\n' : '\r\n';
  if (!isRoot && chance.oneIn(15))
    return chance.pick(['\r\n', '', '\r\n\r\n', 'no header at all\r\n', '\r\nbody only']);
  if (kind < 6) {
    const type = chance.pick([
      ...[
        'text/plain',
        'text/html',
        'TEXT/Plain',
        'text',
        'text/',
        '/plain',
        'image/png',
        'application/octet-stream',
        '',
        'text / plain',
      ],
      ...[
        'text/plain (c)',
        '(c) text/plain',
        'text/plain/x',
        'foo',
        'foo/bar',
        'text/calendar',
        'text/x y',
        '"text/plain"',
        'message/delivery-status',
      ],
      ...[
        'text/rfc822-headers',
        'message/partial; id=x; number=1',
        'message/external-body; access-type=x',
        'audio/x-\xfc',
        'multipart/mixed',
        'multipart',
      ],
    ]);
    const charset = chance.oneIn(2) ? `; charset=${chance.pick(charsets)}` : '';
    return `${contentFields(chance, `${type}${charset}${oddParameters(chance)}`)}${gap}${oddBody(chance)}`;
  }
  if (kind < 8) {
    const type = chance.pick([
      'message/rfc822',
      'message/rfc822',
      'Message/RFC822',
      'message/global',
      'message/news',
      'message/rfc822 ; x=y',
    ]);
    const inner = chance.oneIn(8)
      ? chance.pick(['', '\r\n', 'x', 'From: a@b', 'From: a@b\r\n', '\r\nbody'])
      : undefined;
    return `${contentFields(chance, type)}${gap}${
      inner ??
      `${oddFields(chance)
        .map((field) => `${field}\r\n`)
        .join('')}${oddPart(chance, depth + 1, true)}`
    }`;
  }
  return `${oddMultipart(chance, depth, gap)}`;
}

function oddMultipart(chance: Chance, depth: number, gap: string): string {
  const boundary = chance.pick(boundaries);
  const subtype = chance.pick([
    'mixed',
    'alternative',
    'digest',
    'Mixed',
    'related',
    'report',
    'signed',
    'x',
    'parallel',
    'mixed ',
  ]);
  const written = chance.pick([
    `"${boundary}"`,
    `"${boundary}"`,
    boundary,
    `"${boundary}" (c)`,
    `"${boundary}\r\n "`,
    `"${boundary}`,
  ]);
  let out = `${contentFields(chance, `multipart/${subtype};${chance.pick([' ', '', '\r\n '])}${chance.pick(['boundary', 'boundary', 'Boundary', 'boundary '])}=${written}${oddParameters(chance)}`)}${gap}`;
  out += chance.pick(['', '', '', 'preamble\r\n', '\r\n', 'preamble', '--\r\n', ' --x\r\n']);
  const count = chance.oneIn(10) ? 0 : 1 + chance.below(3);
  for (let part = 0; part < count; part++) {
    const line = chance.oneIn(12)
      ? chance.pick([`--${boundary}x`, `-${boundary}`, `--${boundary} x`, `--${boundary}-`, ` --${boundary}`])
      : `--${boundary}`;
    out += `${part === 0 ? '' : chance.pick(['\r\n', '\r\n', '\r\n', '\r\n\r\n', ''])}${line}${chance.pick(['', '', '', ' ', '\t', '  x'])}\r\n${oddPart(chance, depth + 1, false)}`;
  }
  if (chance.oneIn(6)) return out;
  out += `${chance.pick(['\r\n', '\r\n', '\r\n\r\n', ''])}--${boundary}--`;
  return `${out}${chance.pick(['\r\n', '', '\r\nepilogue', '\r\nepilogue\r\n', ' \r\n', 'x\r\n', `\r\n--${boundary}\r\n\r\nlate\r\n`])}`;
}

function oddBody(chance: Chance): string {
  let out = '';
  do
    out += chance.pick([
      ...[
        'hello world\r\n',
        'caf\xc3\xa9\r\n',
        'caf\xe9\r\n',
        'caf=C3=A9=\r\n more\r\n',
        'Y2Fmw6k=\r\n',
        'Y2Fm\r\nw6k',
        '\xc4\xe3\xba\xc3\r\n',
      ],
      ...[
        '<p>one <b>bold</b> &amp; two</p>\r\n',
        '\x1b$B$"\x1b(B\r\n',
        '--x\r\n',
        '-- \r\nAnn\r\n',
        'a\rb\r\n',
        '\r\n',
        '\r\n\r\n',
        'no end',
      ],
      ...[
        'begin 644 a.txt\r\n%:&5L;&\\\r\n`\r\nend\r\n',
        'From here\r\n',
        '.\r\n',
        '=\r\n',
        '=3',
        '= \r\n',
        '=ZZ\r\n',
        'Y2F*m==w6k=\r\n',
        '--\r\n',
        '--xy--\r\n',
        '\t\r\n',
      ],
      ...['=20=09 \r\n', `${'long '.repeat(50)}\r\n`, 'Final-Recipient: rfc822; a@b\r\n'],
    ]);
  while (chance.oneIn(2));
  return out;
}

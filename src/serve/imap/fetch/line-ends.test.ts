import { expect, test } from 'vitest';
import { LineEnds } from './line-ends.ts';

const text = 'a\nb\r\nc\n\n\r\nd\re\n';
const mended = text.replaceAll(/(?<!\r)\n/g, '\r\n');

test('each LF gets its CR, however the text is cut', () => {
  for (let size = 1; size <= text.length; size++) {
    const lines = new LineEnds();
    let out = '';
    for (let at = 0; at < text.length; at += size) {
      out += Buffer.from(lines.write(Buffer.from(text.slice(at, at + size)))).toString();
      out += Buffer.from(lines.write(new Uint8Array(0))).toString();
    }
    expect(out).toBe(mended);
  }
});

test('a piece with nothing to mend is not copied', () => {
  const octets = Buffer.from('a\r\nb');
  expect(new LineEnds().write(octets)).toBe(octets);
});

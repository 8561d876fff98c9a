import { createHash, createPublicKey, verify } from 'node:crypto';

/**
 * Verifies all DKIM-Signature fields of a message (Latin-1) in the plainest way, on whole strings and with none of the code
 * that signs. Answers one word for each: `pass`, or what is wrong.
 */
export function verifyNaively(message: string, records: ReadonlyMap<string, string>): string[] {
  const end = message.indexOf('\r\n\r\n');
  const fields = message.slice(0, end).split(/\r\n(?![ \t])/);
  const body = message.slice(end + 4);
  const isSignature = (field: string): boolean => /^dkim-signature:/i.test(field);
  return fields.filter(isSignature).map((field) => {
    const tags = readTags(field.slice(field.indexOf(':') + 1));
    if (createHash('sha256').update(relaxBody(body), 'latin1').digest('base64') !== tags['bh']) return 'body';
    const left = fields.filter((each) => !isSignature(each));
    const signed = (tags['h'] ?? '').split(':').map((name) => {
      const at = left.findLastIndex(
        (each) => each.slice(0, each.indexOf(':')).trim().toLowerCase() === name.toLowerCase(),
      );
      const [found] = at < 0 ? [] : left.splice(at, 1);
      return found === undefined ? '' : `${relax(found)}\r\n`;
    });
    const data = signed.join('') + relax(field.replace(/(;\s*b=)[^;]*/, '$1'));
    const record = readTags(records.get(`${tags['s'] ?? ''}._domainkey.${tags['d'] ?? ''}`) ?? '');
    return isSigned(tags, record['p'] ?? '', Buffer.from(data, 'latin1')) ? 'pass' : 'signature';
  });
}

function isSigned(tags: Record<string, string>, key: string, data: Buffer): boolean {
  const signature = Buffer.from(tags['b'] ?? '', 'base64');
  const octets = Buffer.from(key, 'base64');
  if (tags['a'] === 'rsa-sha256') {
    return verify('sha256', data, createPublicKey({ key: octets, format: 'der', type: 'spki' }), signature);
  }
  const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), octets]);
  const hash = createHash('sha256').update(data).digest();
  return verify(null, hash, createPublicKey({ key: der, format: 'der', type: 'spki' }), signature);
}

function readTags(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split(';').map((tag) => {
      const [name = '', ...value] = tag.split('=');
      return [name.trim(), value.join('=').replace(/\s/g, '')];
    }),
  );
}

function relax(field: string): string {
  const colon = field.indexOf(':');
  const value = field
    .slice(colon + 1)
    .replace(/\r\n/g, '')
    .replace(/[ \t]+/g, ' ')
    .trim();
  return `${field.slice(0, colon).trim().toLowerCase()}:${value}`;
}

function relaxBody(body: string): string {
  const lines = body.split('\r\n').map((line) => line.replace(/[ \t]+/g, ' ').replace(/ $/, ''));
  while (lines.at(-1) === '') lines.pop();
  return lines.map((line) => `${line}\r\n`).join('');
}

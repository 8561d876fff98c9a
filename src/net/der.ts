/** The few forms of DER (ITU-T X.690) that a certificate is written in. */

/** Tag, length, content. */
export function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content]);
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return Buffer.from([0x80 | octets.length, ...octets]);
}

export function sequence(...contents: readonly Uint8Array[]): Buffer {
  return der(0x30, ...contents);
}

export function set(...contents: readonly Uint8Array[]): Buffer {
  return der(0x31, ...contents);
}

/** A positive integer, big-endian; leading zeros are dropped, and one is added where the first bit would make it negative. */
export function integer(octets: Uint8Array): Buffer {
  let start = 0;
  while (start < octets.length - 1 && octets[start] === 0) start++;
  const rest = octets.subarray(start);
  return der(0x02, (rest[0] ?? 0) >= 0x80 ? Buffer.from([0]) : Buffer.alloc(0), rest);
}

/** `1.2.840.10045.4.3.2` */
export function objectIdentifier(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const octets: number[] = [];
  for (const part of [first * 40 + second, ...rest]) {
    const base128 = [part % 128];
    for (let left = Math.floor(part / 128); left > 0; left = Math.floor(left / 128))
      base128.unshift((left % 128) | 0x80);
    octets.push(...base128);
  }
  return der(0x06, Buffer.from(octets));
}

export function boolean(value: boolean): Buffer {
  return der(0x01, Buffer.from([value ? 0xff : 0]));
}

export function octetString(content: Uint8Array): Buffer {
  return der(0x04, content);
}

/** `unused`: bits at the end of the last octet that do not count. */
export function bitString(content: Uint8Array, unused = 0): Buffer {
  return der(0x03, Buffer.from([unused]), content);
}

export function utf8String(text: string): Buffer {
  return der(0x0c, Buffer.from(text));
}

/** UTCTime until 2049, GeneralizedTime after (RFC 5280 section 4.1.2.5). */
export function time(date: Date): Buffer {
  const digits = date.toISOString().replace(/\D/g, '').slice(0, 14);
  return date.getUTCFullYear() < 2050
    ? der(0x17, Buffer.from(`${digits.slice(2)}Z`))
    : der(0x18, Buffer.from(`${digits}Z`));
}

/** A Name with nothing but a common name (RFC 5280 section 4.1.2.4). */
export function commonName(text: string): Buffer {
  return sequence(set(sequence(objectIdentifier('2.5.4.3'), utf8String(text))));
}

/** A certificate in its textual form. RFC 7468 section 5. */
export function certificatePem(octets: Buffer): string {
  const lines = octets.toString('base64').replace(/.{64}/g, '$&\n').trimEnd();
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

/**
 * Messages for measuring, always the same for the same number and size: seeded text that looks like mail (headers of the
 * usual length, threads, two thirds plain text, the rest multipart with HTML or an attachment), so that parsing, envelopes
 * and search cost what they cost in life.
 */
const words =
  `about after again agenda all also and answer any april area back because before board budget build by call change chapter
  city class client close coast copy cost could customer data day deal decide delivery design detail draft early east edit
  energy engine every field final first follow for from garden general give group hand harbour have heat hello house idea
  improve invoice issue item january journey keep kitchen know large last late leave letter light line list local machine
  mail make market match meeting member minute month morning mountain must name need never next north note now number offer
  office often open order other our paper part people person phone plan please point price print problem project public
  question quick rain reach read reason record reply report result return river road room sale school send series service
  ship should small some south spring staff start station still street summer supply table team thank that their there these
  time today town train travel under until update value version very visit wait want water week well west when where which
  winter with word work world would write year your`.split(/\s+/);

const firstNames = ['Ada', 'Boris', 'Chloé', 'Dmitri', 'Elif', 'Farid', 'Grete', 'Hana', 'Ivo', 'Jun', 'Kofi', 'Lea'];
const lastNames = ['Abel', 'Brandt', 'Costa', 'Dubois', 'Eriksen', 'Fischer', 'Gruen', 'Haddad', 'Ito', 'Jensen'];

/** A word that occurs in the body of one message in a thousand; one that occurs in a subject as rarely. */
export const rareWord = 'quokka';
export const rareSubject = 'xylophone';

/** Where `stampMessage` writes. */
const stampBlank = '0'.repeat(16);

/** A copy that no other copy equals, so that no server can store it only once by accident. */
export function stampMessage(message: Buffer, stamp: number): Buffer {
  const copy = Buffer.from(message);
  const at = copy.indexOf(stampBlank);
  if (at >= 0) copy.write(stamp.toString(36).padStart(stampBlank.length, '0'), at, 'latin1');
  return copy;
}

/** A small generator of numbers, good enough for text (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Message number `index` of about `bytes` octets (never less than its headers), with CRLF line ends. */
export function composeMessage(index: number, bytes: number, domain = 'bench.test'): Buffer {
  const random = randomFrom(index * 2654435761 + bytes);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const [first, last] = [pick(firstNames), pick(lastNames)];
  const date = new Date(Date.UTC(2026, 0, 1) + index * 317_000);
  const subject = `${index % 1000 === 7 ? `${rareSubject} ` : ''}${sentence(random, 3 + Math.floor(random() * 5))}`;
  const name = `${first} ${last}`;
  const head = [
    `Return-Path: <${last.toLowerCase().replaceAll(/[^a-z]/g, '')}@remote.test>`,
    `Received: from mx.remote.test (mx.remote.test [192.0.2.${index % 250}]) by relay.test with ESMTPS id ${index.toString(36)}`,
    `\tfor <user@${domain}>; ${date.toUTCString().replace('GMT', '+0000')}`,
    `From: ${/^[ -~]*$/.test(name) ? name : `=?utf-8?B?${Buffer.from(name).toString('base64')}?=`} <${first.charCodeAt(0)}.${index % 97}@remote.test>`,
    `To: Some User <user@${domain}>`,
    ...(index % 3 === 0 ? [`Cc: ${pick(firstNames)} <cc${index % 13}@remote.test>, list@lists.test`] : []),
    `Subject: ${index % 4 === 0 && index > 0 ? 'Re: ' : ''}${subject}`,
    `Date: ${date.toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${index}.${bytes}@remote.test>`,
    ...(index % 4 === 0 && index > 0 ? [`In-Reply-To: <${index - 1}.${bytes}@remote.test>`] : []),
    `X-Bench: ${stampBlank}`,
    'MIME-Version: 1.0',
  ].join('\r\n');
  const room = Math.max(64, bytes - head.length - 400);
  const text = paragraphs(random, room, index % 1000 === 3 ? `${rareWord} ` : '');
  return Buffer.from(`${head}\r\n${bodyOf(index, text)}`, 'latin1');
}

/** MIME fields, an empty line and the body around a text. */
function bodyOf(index: number, text: string): string {
  if (index % 3 !== 0)
    return `Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\n${text}`;
  const boundary = `=_${index.toString(16)}_bench`;
  const half = text.lastIndexOf('\r\n', text.length / 2) + 2;
  const isMixed = index % 6 === 0;
  const second = isMixed
    ? `Content-Type: application/octet-stream; name="report-${index}.bin"\r\nContent-Disposition: attachment; filename="report-${index}.bin"\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64Lines(text.slice(half))}`
    : `Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\n<html><body><p>\r\n${text.slice(half)}</p></body></html>\r\n`;
  return [
    `Content-Type: multipart/${isMixed ? 'mixed' : 'alternative'}; boundary="${boundary}"`,
    '',
    `--${boundary}`,
    'Content-Type: text/plain; charset=utf-8',
    '',
    `${text.slice(0, half)}`,
    `--${boundary}`,
    `${second}`,
    `--${boundary}--`,
    '',
  ].join('\r\n');
}

function base64Lines(text: string): string {
  return Buffer.from(text.slice(0, Math.floor(text.length * 0.72)), 'latin1')
    .toString('base64')
    .replaceAll(/.{76}/g, '$&\r\n')
    .concat('\r\n');
}

function sentence(random: () => number, length: number): string {
  return Array.from({ length }, () => words[Math.floor(random() * words.length)]).join(' ');
}

function paragraphs(random: () => number, bytes: number, prefix: string): string {
  const lines: string[] = [];
  for (let size = 0; size < bytes;) {
    const line = `${lines.length === 0 ? prefix : ''}${sentence(random, 11)}`.slice(0, 76);
    lines.push(line);
    size += line.length + 2;
  }
  return `${lines.join('\r\n')}\r\n`;
}

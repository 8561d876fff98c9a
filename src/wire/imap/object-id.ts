/** What an ObjectID names: a mailbox, a message in all its copies, a thread. RFC 8474 section 3. */
export type ObjectKind = 'mailbox' | 'email' | 'thread';

/** The first letter differs, since no id may name both a message and a thread (RFC 8474 section 5.2). */
const letters: { readonly [kind in ObjectKind]: string } = { mailbox: 'F', email: 'M', thread: 'T' };

/** objectid = 1*255(ALPHA / DIGIT / "_" / "-"): a letter and the number by which the store knows it. RFC 8474 section 7. */
export function printObjectId(kind: ObjectKind, id: number): string {
  return `${letters[kind]}${id}`;
}

/** The number in an id of this kind; undefined when it is none of ours, which then names nothing. */
export function parseObjectId(kind: ObjectKind, text: string): number | undefined {
  const digits = /^([FMT])([1-9][0-9]{0,14})$/.exec(text);
  return digits?.[1] === letters[kind] ? Number(digits[2]) : undefined;
}

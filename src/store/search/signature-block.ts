import { mayContainAt } from './trigram-signature.ts';
import type { Signature } from './trigram-signature.ts';

/**
 * Signatures of up to 256 messages in one piece of octets, as the database keeps it. Numbers are little-endian:
 *
 *     'S' 'B' version(1) 0   count: u32
 *     for each message: id: u32 low, u32 high   start: u32   size of its header signature: u16, of its text signature: u16
 *     the signatures, each message's header signature and then its text signature, without gaps
 */
export interface SignedMessage {
  readonly id: number;
  /** Of the header alone. */
  readonly header: Signature;
  /** Of header and body together. */
  readonly text: Signature;
}

export const maxMessages = 256;
/** A block stops growing here, so that rewriting one stays cheap. A message alone is always taken. */
export const maxBlockOctets = 1 << 20;

const headSize = 8;
const entrySize = 16;
const magic = 0x00_01_42_53;

/** The block cannot be read. The index can be built again from the messages. */
export class DamagedBlock extends Error {
  override readonly name = 'DamagedBlock';
}

/** One block of these messages, in this order. At most `maxMessages`. */
export function encodeBlock(messages: readonly SignedMessage[]): Uint8Array {
  if (messages.length > maxMessages) throw new Error(`${messages.length} messages are too many for a block`);
  let at = headSize + entrySize * messages.length;
  const block = new Uint8Array(messages.reduce((size, { header, text }) => size + header.length + text.length, at));
  const view = new DataView(block.buffer);
  view.setUint32(0, magic, true);
  view.setUint32(4, messages.length, true);
  for (const [i, { id, header, text }] of messages.entries()) {
    const entry = headSize + entrySize * i;
    view.setUint32(entry, id >>> 0, true);
    view.setUint32(entry + 4, Math.floor(id / 0x1_0000_0000), true);
    view.setUint32(entry + 8, at, true);
    view.setUint16(entry + 12, header.length, true);
    view.setUint16(entry + 14, text.length, true);
    block.set(header, at);
    block.set(text, at + header.length);
    at += header.length + text.length;
  }
  return block;
}

/** What is in a block. The signatures are views of it. @throws DamagedBlock */
export function decodeBlock(block: Uint8Array): readonly SignedMessage[] {
  const view = open(block);
  return Array.from({ length: view.getUint32(4, true) }, (_, i) => {
    const { id, start, headerSize, textSize } = readEntry(view, i);
    return {
      id,
      header: block.subarray(start, start + headerSize),
      text: block.subarray(start + headerSize, start + headerSize + textSize),
    };
  });
}

/**
 * Ids of the messages of a block that may contain the needles, in its order: in a header field, in the body, or
 * anywhere. The body's own trigrams are not kept apart, so `body` looks at the whole text.
 * @param needles see `hashNeedles`. @throws DamagedBlock
 */
export function findCandidates(block: Uint8Array, needles: Uint32Array, which: 'header' | 'text' | 'body'): number[] {
  const view = open(block);
  const found: number[] = [];
  const count = view.getUint32(4, true);
  for (let entry = headSize, end = headSize + entrySize * count; entry < end; entry += entrySize) {
    const start = view.getUint32(entry + 8, true);
    const headerSize = view.getUint16(entry + 12, true);
    const possible =
      which === 'header'
        ? mayContainAt(block, start, headerSize, needles)
        : mayContainAt(block, start + headerSize, view.getUint16(entry + 14, true), needles);
    if (possible) found.push(view.getUint32(entry, true) + view.getUint32(entry + 4, true) * 0x1_0000_0000);
  }
  return found;
}

/** The same messages in as few blocks as their order allows. @throws DamagedBlock */
export function mergeBlocks(blocks: readonly Uint8Array[]): readonly Uint8Array[] {
  const merged: Uint8Array[] = [];
  let messages: SignedMessage[] = [];
  let octets = headSize;
  for (const message of blocks.flatMap(decodeBlock)) {
    const size = entrySize + message.header.length + message.text.length;
    if (messages.length === maxMessages || (messages.length > 0 && octets + size > maxBlockOctets)) {
      merged.push(encodeBlock(messages));
      messages = [];
      octets = headSize;
    }
    messages.push(message);
    octets += size;
  }
  if (messages.length > 0) merged.push(encodeBlock(messages));
  return merged;
}

/** The block without these messages: the same one when none is in it, undefined when nothing is left. @throws DamagedBlock */
export function removeFromBlock(block: Uint8Array, ids: ReadonlySet<number>): Uint8Array | undefined {
  const messages = decodeBlock(block);
  const kept = messages.filter(({ id }) => !ids.has(id));
  if (kept.length === 0) return undefined;
  return kept.length === messages.length ? block : encodeBlock(kept);
}

interface Entry {
  readonly id: number;
  readonly start: number;
  readonly headerSize: number;
  readonly textSize: number;
}

function readEntry(view: DataView, index: number): Entry {
  const entry = headSize + entrySize * index;
  return {
    id: view.getUint32(entry, true) + view.getUint32(entry + 4, true) * 0x1_0000_0000,
    start: view.getUint32(entry + 8, true),
    headerSize: view.getUint16(entry + 12, true),
    textSize: view.getUint16(entry + 14, true),
  };
}

/** Checks that every signature lies where it must, so that nothing else needs to look again. */
function open(block: Uint8Array): DataView {
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  if (block.length < headSize || view.getUint32(0, true) !== magic) throw new DamagedBlock('not a block of signatures');
  const count = view.getUint32(4, true);
  let expected = headSize + entrySize * count;
  if (count > maxMessages || expected > block.length) throw new DamagedBlock(`a block cannot have ${count} messages`);
  for (let entry = headSize, end = expected; entry < end; entry += entrySize) {
    const [header, text] = [view.getUint16(entry + 12, true), view.getUint16(entry + 14, true)];
    if (view.getUint32(entry + 8, true) !== expected || !isSize(header) || !isSize(text)) {
      throw new DamagedBlock('the signatures of a block are out of place');
    }
    expected += header + text;
  }
  if (expected !== block.length) throw new DamagedBlock(`a block has ${block.length} octets instead of ${expected}`);
  return view;
}

/** Nothing, one octet, or from 16 to 16,384. */
function isSize(size: number): boolean {
  return size < 2 || (size >= 16 && size <= 16_384);
}

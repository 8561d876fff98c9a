import { malformed, ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import type { AnyPart } from './find-section.ts';
import { isMessageType } from './part.ts';
import type { PartShape } from './part.ts';

/** The part tree as kept in the database: enough to find every section without reading the message again. */
export interface MappedPart extends PartShape<MappedPart> {}

/** `[headerStart, bodyStart, bodyEnd, "type/subtype", encoding, charset, [parts]]`, without empty values at the end. */
type Row = (number | string | Row[])[];

/** Compact JSON of a part tree, without headers. `parsePartMap` reads it. */
export function printPartMap(part: AnyPart): string {
  return JSON.stringify(rowOf(part));
}

function rowOf(part: AnyPart): Row {
  const { headerStart, bodyStart, bodyEnd, type, subtype, encoding, charset, children, message } = part;
  const row: Row = [
    headerStart,
    bodyStart,
    bodyEnd,
    `${type}/${subtype}`,
    encoding === '7bit' ? '' : encoding,
    charset,
  ];
  const parts = message === undefined ? children : [message];
  if (parts.length > 0) row.push(parts.map(rowOf));
  else while (row.at(-1) === '') row.pop();
  return row;
}

/** Deepest tree that is read; the scanner makes none as deep. */
const MAX_DEPTH = 1000;

/** Parses what `printPartMap` wrote. */
export function parsePartMap(text: string): Result<MappedPart> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return malformed('JSON', 0);
  }
  const part = partOf(json, 0);
  return part === undefined ? malformed('part map', 0) : ok(part);
}

function partOf(row: unknown, depth: number): MappedPart | undefined {
  if (!Array.isArray(row) || depth > MAX_DEPTH) return undefined;
  const cells: readonly unknown[] = row;
  const [headerStart, bodyStart, bodyEnd, name, encoding = '', charset = '', rows = []] = cells;
  if (!isOffset(headerStart) || !isOffset(bodyStart) || !isOffset(bodyEnd)) return undefined;
  if (typeof name !== 'string' || typeof encoding !== 'string' || typeof charset !== 'string' || !Array.isArray(rows))
    return undefined;
  const parts: MappedPart[] = [];
  for (const inner of rows as readonly unknown[]) {
    const part = partOf(inner, depth + 1);
    if (part === undefined) return undefined;
    parts.push(part);
  }
  const slash = name.indexOf('/');
  const [type, subtype] = [name.slice(0, slash), name.slice(slash + 1)];
  const isMessage = isMessageType(type, subtype);
  return {
    headerStart,
    bodyStart,
    bodyEnd,
    type,
    subtype,
    encoding: encoding === '' ? '7bit' : encoding,
    charset,
    children: isMessage ? [] : parts,
    message: isMessage ? parts[0] : undefined,
  };
}

function isOffset(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/**
 * The tree of the same message with `bytes` octets of header fields put in front of it, such as Return-Path and Received
 * that are stored apart: they belong to the header of the message, all else moves back.
 */
export function movePartsBack(root: MappedPart, bytes: number): MappedPart {
  return { ...moved(root, bytes), headerStart: root.headerStart };
}

function moved(part: MappedPart, bytes: number): MappedPart {
  return {
    ...part,
    headerStart: part.headerStart + bytes,
    bodyStart: part.bodyStart + bytes,
    bodyEnd: part.bodyEnd + bytes,
    children: part.children.map((child) => moved(child, bytes)),
    message: part.message && moved(part.message, bytes),
  };
}

import { isNode, LineCounter, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import type { z } from 'zod';

import { fail, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';

/** One thing wrong in a file. */
export interface FileFault {
  /** From 1; undefined: the file as a whole. */
  readonly line: number | undefined;
  /** `listeners[0].smtp`; empty: the file as a whole. */
  readonly key: string;
  readonly message: string;
}

const maxAliases = 100;

/** YAML (or JSON, which is YAML) that a schema accepts; all faults are found at once, with their lines. */
export function readYaml<Schema extends z.ZodType>(
  text: string,
  schema: Schema,
  /** What to say about a key that is not known: where they are listed. */
  hint: string,
): Result<z.output<Schema>, readonly FileFault[]> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    return fail(
      document.errors.map(({ message, pos }) => ({
        line: lines.linePos(pos[0]).line,
        key: '',
        message: oneLine(message),
      })),
    );
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: maxAliases });
  } catch (error) {
    return fail([{ line: undefined, key: '', message: error instanceof Error ? error.message : 'it cannot be read' }]);
  }
  const parsed = schema.safeParse(value ?? {});
  if (parsed.success) return ok(parsed.data);
  return fail(parsed.error.issues.flatMap((issue) => toFaults(issue, document, lines, hint)));
}

function toFaults(issue: z.core.$ZodIssue, document: Document, lines: LineCounter, hint: string): readonly FileFault[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const path = [...issue.path, key];
      return { line: lineOf(document, lines, path), key: printPath(path), message: `there is no such key; ${hint}` };
    });
  }
  const message = issue.code === 'invalid_union' ? unionMessage(issue) : plainMessage(issue);
  return [{ line: lineOf(document, lines, issue.path), key: printPath(issue.path), message }];
}

function plainMessage(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'invalid_type') return oneLine(issue.message);
  return issue.input === undefined && issue.message.endsWith('undefined')
    ? 'this key is needed'
    : oneLine(issue.message.replace('Invalid input: ', ''));
}

/** Of a choice of forms, the faults of the form that fits best: the one with the fewest. */
function unionMessage(issue: z.core.$ZodIssueInvalidUnion): string {
  const best = issue.errors.toSorted((a, b) => a.length - b.length)[0];
  const first = best?.[0];
  if (!first) return oneLine(issue.message);
  const where = first.path.length > 0 ? `${printPath(first.path)}: ` : '';
  return first.code === 'unrecognized_keys'
    ? `there is no such key: ${first.keys.join(', ')}`
    : where + plainMessage(first);
}

/** The line of a key, or of the nearest thing around it that is in the file. */
function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number | undefined {
  for (let length = path.length; length > 0; length--) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return isNode(document.contents) && document.contents.range
    ? lines.linePos(document.contents.range[0]).line
    : undefined;
}

function printPath(path: readonly PropertyKey[]): string {
  return path.map((part, n) => (typeof part === 'number' ? `[${part}]` : (n > 0 ? '.' : '') + String(part))).join('');
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ');
}

/** `posthorn.yaml:7: listeners[0].smtp: expected number, received string` */
export function printFault(file: string, { line, key, message }: FileFault): string {
  return `${file}${line === undefined ? '' : `:${line}`}: ${key === '' ? '' : `${key}: `}${message}`;
}

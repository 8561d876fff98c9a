import type { SqlValue } from '../sql/statement.ts';

/** A value of a type that operations do not know: cast it in the SQL. */
export class UnsupportedValue extends Error {
  override readonly name = 'UnsupportedValue';
}

/** Object ids of PostgreSQL's types (pg_type.dat), as far as they have a value in JavaScript here. */
const parsers: Readonly<Record<number, (text: string) => SqlValue>> = {
  16: (text) => (text === 't' ? 1 : 0), // bool: SQLite has none either
  17: parseBytea,
  18: String, // "char"
  19: String, // name
  20: parseWhole, // int8
  21: Number, // int2
  23: Number, // int4
  25: String, // text
  26: Number, // oid
  700: Number, // float4
  701: Number, // float8
  705: String, // unknown
  1042: String, // char(n)
  1043: String, // varchar
  1700: parseNumeric,
  2278: () => null, // void, such as of pg_notify
};

/** How to read a column, by the object id of its type. The parser throws UnsupportedValue for types not known here. */
export function parserFor(oid: number): (text: string) => SqlValue {
  return (
    parsers[oid] ??
    (() => {
      throw new UnsupportedValue(`a column has PostgreSQL type ${oid}, which operations cannot read`);
    })
  );
}

/**
 * A value on its way into the database. PostgreSQL's text cannot hold NUL: it becomes U+FFFD, as halves of surrogate
 * pairs do. @throws UnsupportedValue for numbers that are none
 */
export function toParameter(value: SqlValue): SqlValue {
  if (typeof value === 'string') return value.includes('\0') ? value.replaceAll('\0', '\uFFFD') : value;
  if (typeof value === 'number' && !Number.isFinite(value)) throw new UnsupportedValue(`${value} is not a number`);
  return value;
}

/** 8-octet integers, as far as a number holds them exactly. */
function parseWhole(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new UnsupportedValue(`${text} is too large to be exact`);
  return value;
}

/** Sums of integers are numeric. */
function parseNumeric(text: string): number {
  if (/^-?\d+$/.test(text)) return parseWhole(text);
  const value = Number(text);
  if (Number.isNaN(value)) throw new UnsupportedValue(`${text} is not a number`);
  return value;
}

/** Hex form of bytea: `\x` and two digits for each octet. */
function parseBytea(text: string): Uint8Array {
  if (!text.startsWith(String.raw`\x`)) throw new UnsupportedValue('octets must come in hex: set bytea_output to hex');
  const { buffer, byteOffset, byteLength } = Buffer.from(text.slice(2), 'hex');
  return new Uint8Array(buffer, byteOffset, byteLength);
}

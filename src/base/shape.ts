/** Forms of plain data that we wrote ourselves, such as rows of the store: quick to load, and they say yes or no, not why. */

/** Whether a value has a form. */
export type Shape<T> = (value: unknown) => value is T;

/** What values of a form are. */
export type Shaped<S> = S extends Shape<infer T> ? T : never;

type Fields = Readonly<Record<string, Shape<unknown>>>;
type OptionalKeys<F extends Fields> = {
  [K in keyof F]: undefined extends Shaped<F[K]> ? K : never;
}[keyof F];

type ObjectOf<F extends Fields> = { readonly [K in Exclude<keyof F, OptionalKeys<F>>]: Shaped<F[K]> } & {
  readonly [K in OptionalKeys<F>]?: Shaped<F[K]>;
};

/** A type as it is read: one object, not what it is put together of. */
type Plain<T> = { [K in keyof T]: T[K] };

export const isText: Shape<string> = (value) => typeof value === 'string';

export const isFlag: Shape<boolean> = (value) => typeof value === 'boolean';

/** An integer that a double holds exactly, and not below `least`. */
export function wholeNumber(least = Number.MIN_SAFE_INTEGER): Shape<number> {
  return (value): value is number => Number.isSafeInteger(value) && (value as number) >= least;
}

export function oneOf<const T extends string | boolean>(...values: readonly T[]): Shape<T> {
  return (value): value is T => (values as readonly unknown[]).includes(value);
}

export function listOf<T>(each: Shape<T>): Shape<readonly T[]> {
  return (value): value is readonly T[] => Array.isArray(value) && value.every((one) => each(one));
}

/** Of a field that may be missing. */
export function optional<T>(shape: Shape<T>): Shape<T | undefined> {
  return (value): value is T | undefined => value === undefined || shape(value);
}

/** An object with these fields; it may have others, which a later version wrote. */
export function objectOf<F extends Fields>(fields: F): Shape<Plain<ObjectOf<F>>> {
  const entries = Object.entries(fields);
  return (value): value is Plain<ObjectOf<F>> => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    const object = value as Readonly<Record<string, unknown>>;
    return entries.every(([key, shape]) => shape(Object.hasOwn(object, key) ? object[key] : undefined));
  };
}

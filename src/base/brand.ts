declare const brand: unique symbol;

/** A primitive that must not be mixed with others of its type. Only a parser or the store makes one. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

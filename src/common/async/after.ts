/** A value that is mostly there at once, and sometimes has to be waited for. */
export type Awaitable<T> = T | Promise<T>;

/** Goes on with `next` at once where there is nothing to wait for: on every request, an idle promise costs its turn. */
export function after<T, R>(value: Awaitable<T>, next: (value: T) => Awaitable<R>): Awaitable<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}

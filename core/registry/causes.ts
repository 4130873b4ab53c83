/** An error and what it was caused by, the outermost first; of several causes side by side the first, and not without end. */
export function* causes(error: unknown): Generator<Error> {
  let link = error;
  for (let depth = 0; depth < 5 && link instanceof Error; depth++) {
    yield link;
    const [first] = link instanceof AggregateError ? link.errors : [];
    link = link.cause ?? first;
  }
}

/** The system's words for an error and its causes, such as ECONNRESET, in the same order. */
export function codes(error: unknown): readonly string[] {
  return [...causes(error)].flatMap(link => ('code' in link && typeof link.code === 'string' ? [link.code] : []));
}

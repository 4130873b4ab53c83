/** Somebody is typing: the next text will be another too. */
export function aMoment(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, 100));
}

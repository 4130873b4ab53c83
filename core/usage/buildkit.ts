/** The version in `image=moby/buildkit:v0.12.3`, as `[0, 12]`. */
export function pinnedBuildKit(options: string): readonly [number, number] | undefined {
  const version = /(?:^|[\s,])image=[^\s,]*\bbuildkit:v?(\d+)\.(\d+)/.exec(options);
  return version ? [Number(version[1]), Number(version[2])] : undefined;
}

import { describe, test } from 'vitest';

/** What a test needs beyond npm, and how Debian and macOS get it. */
const install: Readonly<Record<string, string>> = {
  'docker-registry': '`apt-get install docker-registry` on Debian, `brew install docker-registry` on macOS',
  skopeo: '`apt-get install skopeo` on Debian, `brew install skopeo` on macOS',
  jq: '`apt-get install jq` on Debian, `brew install jq` on macOS',
  chromium: '`apt-get install chromium` on Debian',
};

/** True where `TALLYMAN_WITHOUT` (a list with commas) says to do without this tool. */
export function isWithout(tool: string): boolean {
  return (process.env['TALLYMAN_WITHOUT'] ?? '')
    .split(',')
    .map(name => name.trim())
    .includes(tool);
}

/** The error for a tool that is needed and not there; it says how to get it and how to do without. */
export function missing(tool: string, cause?: unknown): Error {
  return new Error(
    `${tool} was not found. Install it (${install[tool] ?? tool}), or set TALLYMAN_WITHOUT=${tool} to leave its tests out.`,
    { cause },
  );
}

/** Like `describe`, for tests that need these tools. Where one is to be done without, one test that was left out stands there and says so. */
export function describeWith(tools: string | readonly string[], name: string, body: () => void): void {
  const without = (typeof tools === 'string' ? [tools] : tools).filter(isWithout);
  if (without.length === 0) {
    describe(name, body);
    return;
  }
  describe(name, () => {
    test.skipIf(true)(`left out: TALLYMAN_WITHOUT names ${without.join(' and ')}`, () => undefined);
  });
}

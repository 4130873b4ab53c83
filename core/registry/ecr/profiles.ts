/** A profile of Amazon's configuration files, as far as one chooses by it. */
export interface AwsProfile {
  readonly name: string;
  /** Where its credentials come from, for people. */
  readonly source: 'session' | 'role' | 'login' | 'keys' | 'program' | 'nothing';
  /** Twelve digits, where the profile tells. */
  readonly account?: string;
}

/** The profiles of `~/.aws/config` and `~/.aws/credentials` (or where AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE say), by name. */
export async function awsProfiles(): Promise<readonly AwsProfile[]> {
  const { sharedProfiles } = await import('./awsSdk.ts');
  return Object.entries(await sharedProfiles())
    .filter(([name]) => !name.includes('.') || !/^(?:sso-session|services)\./.test(name))
    .map(([name, fields]) => profileOf(name, fields))
    .sort((a, b) => a.name.localeCompare(b.name));
}

function profileOf(name: string, fields: Readonly<Record<string, string | undefined>>): AwsProfile {
  const role = fields['role_arn'];
  const account = fields['sso_account_id'] ?? /^arn:[^:]*:iam::(\d{12}):/.exec(role ?? fields['login_session'] ?? '')?.[1];
  return { name, source: sourceOf(fields), ...(account !== undefined && { account }) };
}

function sourceOf(fields: Readonly<Record<string, string | undefined>>): AwsProfile['source'] {
  if (fields['role_arn'] !== undefined) return 'role';
  if (fields['sso_session'] !== undefined || fields['sso_start_url'] !== undefined) return 'session';
  if (fields['login_session'] !== undefined) return 'login';
  if (fields['credential_process'] !== undefined) return 'program';
  return fields['aws_access_key_id'] === undefined ? 'nothing' : 'keys';
}

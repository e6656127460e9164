/** WebAuthn's bytes as its JSON form has them (base64url): not every browser that knows passkeys turns them itself. */

/** @param {string} text */
function bytesOf(text) {
  const binary = atob(text.replace(/-/gu, "+").replace(/_/gu, "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/** @param {ArrayBuffer} buffer */
function textOf(buffer) {
  const binary = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(binary).replace(/\+/gu, "-").replace(/\//gu, "_").replace(/[=]+$/u, "");
}

/** @param {readonly any[] | undefined} credentials */
const named = (credentials) => (credentials ?? []).map((one) => ({ ...one, id: bytesOf(one.id) }));

/** Does this browser know passkeys at all? */
export const knowsPasskeys = () => "PublicKeyCredential" in window && "credentials" in navigator;

/** May a field offer passkeys by itself? */
export async function offersInFields() {
  return knowsPasskeys() && (await PublicKeyCredential.isConditionalMediationAvailable?.()) === true;
}

/**
 * @param {any} options the server's, to make a passkey
 * @returns {Promise<object>} what it is sent
 */
export async function makePasskey(options) {
  const publicKey = {
    ...options,
    challenge: bytesOf(options.challenge),
    user: { ...options.user, id: bytesOf(options.user.id) },
    excludeCredentials: named(options.excludeCredentials),
  };
  const made = /** @type {PublicKeyCredential} */ (await navigator.credentials.create({ publicKey }));
  const response = /** @type {AuthenticatorAttestationResponse} */ (made.response);
  return {
    ...identityOf(made),
    response: {
      clientDataJSON: textOf(response.clientDataJSON),
      attestationObject: textOf(response.attestationObject),
      transports: response.getTransports?.() ?? [],
    },
  };
}

/**
 * @param {any} options the server's, to sign in
 * @param {AbortSignal} signal
 * @param {CredentialMediationRequirement} mediation "conditional": offered in a field, and only there
 * @returns {Promise<object>} what it is sent
 */
export async function usePasskey(options, signal, mediation) {
  const publicKey = {
    ...options,
    challenge: bytesOf(options.challenge),
    allowCredentials: named(options.allowCredentials),
  };
  const used = /** @type {PublicKeyCredential} */ (await navigator.credentials.get({ publicKey, signal, mediation }));
  const response = /** @type {AuthenticatorAssertionResponse} */ (used.response);
  return {
    ...identityOf(used),
    response: {
      clientDataJSON: textOf(response.clientDataJSON),
      authenticatorData: textOf(response.authenticatorData),
      signature: textOf(response.signature),
      userHandle: response.userHandle ? textOf(response.userHandle) : null,
    },
  };
}

/** @param {PublicKeyCredential} credential */
function identityOf({ id, rawId, type }) {
  return { id, rawId: textOf(rawId), type, clientExtensionResults: {} };
}

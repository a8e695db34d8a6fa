// A real OpenID provider for tests: `node oidc_provider.mjs` with its facts as JSON on standard input.
// It signs in whoever types a name of `people`; says on standard output when it listens.
import { Provider } from "oidc-provider";

let given = "";
for await (const piece of process.stdin) {
  given += piece;
  if (given.includes("\n")) break;
}
const { port, client, people } = JSON.parse(given);

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [client],
  pkce: { required: () => true },
  cookies: { keys: ["only-for-tests"] },
  claims: { openid: ["sub"], profile: ["name", "preferred_username"] },
  features: { devInteractions: { enabled: true } },
  findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
});
provider.listen(port, "127.0.0.1", () => console.log("listening"));

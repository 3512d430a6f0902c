import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateRawSync } from "node:zlib";
import { decode, DECODED_BYTES, encode, holdsRun } from "../../src/share";

const link = (bytes: Uint8Array) => "#s=1." + Buffer.from(bytes).toString("base64url");

test("a link gives back the text and the view that it was made of", async () => {
  const text = "title Grüße ⊥ 投票\nservers S1..S3\n";
  const view = { at: -1, run: 12, case: 3, view: "text", h: "0123abcd" };
  const made = await encode(text, view);
  assert.match(made, /^#s=1\.[A-Za-z0-9_-]+&at=-1&run=12&case=3&view=text&h=0123abcd$/);
  assert.deepEqual(await decode(made), { text, ...view });
});

test("a whole address is a link, and the empty text is a text", async () => {
  const made = await encode("");
  assert.equal((await decode("https://example.test/p/" + made)).text, "");
  assert.equal(holdsRun(made), true);
  assert.equal(holdsRun("#about"), false);
});

test("what another encoder deflated is understood", async () => {
  assert.equal((await decode(link(deflateRawSync("run\n", { level: 1 })))).text, "run\n");
});

test("a link that unpacks to more than 256 KiB is refused", async () => {
  const fits = deflateRawSync(Buffer.alloc(DECODED_BYTES, 97));
  assert.equal((await decode(link(fits))).text.length, DECODED_BYTES);
  const bomb = deflateRawSync(Buffer.alloc(64 << 20));
  await assert.rejects(decode(link(bomb)), /more than 256 KiB/);
  await assert.rejects(decode("#s=1." + "A".repeat(1 << 20)), /more than 256 KiB/);
});

test("a damaged link says what is wrong with it", async () => {
  const whole = await encode("title a damaged link\nservers S1 S2\n");
  await assert.rejects(decode("#at=3"), /holds no run/);
  await assert.rejects(decode("#s=2.AAAA"), /version/);
  await assert.rejects(decode("#s=1.<script>"), /base64url/);
  await assert.rejects(decode(whole.replace("s=1.", "s=1.____")), /damaged/);
  await assert.rejects(decode(link(deflateRawSync(Buffer.from([0xff, 0xfe])))));
});

test("numbers and names of the view that are none are passed over", async () => {
  const odd = "&at=1e9&run=-&view=<b>&case=99999999999&h=0123ABCD&other=1";
  assert.deepEqual(await decode((await encode("run\n")) + odd), { text: "run\n" });
});

/**
 * How a code is drawn from logits: penalty, suppression, temperature, top-k, top-p and a counter-based generator. Pure
 * Java, no allocation per draw; the same inputs draw the same codes on every back end.
 *
 * <p>One draw of the talker:
 *
 * <pre>{@code
 * candidates.load(logits, 0);
 * rules.constrain(candidates, history);
 * int code = sampler.draw(candidates, Philox.uniform(seed, stream, frame, 0));
 * history.add(code);
 * }</pre>
 *
 * <p>The code predictor does the same without rules and history, with {@code group} 1..15.
 */
package io.github.qwen3tts.internal.sample;

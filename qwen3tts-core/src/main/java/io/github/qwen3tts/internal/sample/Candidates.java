package io.github.qwen3tts.internal.sample;

import io.github.qwen3tts.api.DeviceException;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * The codes one draw chooses from: logits are loaded, changed by rules, cut down by {@link #keep} and drawn from. A
 * workspace: allocated once, used for draw after draw, by one thread at a time. Its scores and probabilities stay
 * readable until the next {@link #load}.
 */
public final class Candidates {

    /** Temperatures below act as this one: the division must not overflow, and the draw is greedy long before. */
    public static final float MIN_TEMPERATURE = 1e-6f;

    private static final String OVERFLOWED = "; the model overflowed: use a wider precision, or check the weights";

    private final float[] scores; // [vocabulary], by code; -infinity is out
    private final int[] ids; // [count], ascending codes still in
    private final double[] weights; // [count], exp(score - largest score)
    private final long[] heap; // scores, or scores and positions, as numbers that order alike
    private int count;
    private double totalWeight;

    /**
     * A workspace for one head.
     *
     * @param vocabulary logits per draw, {@code > 0}
     */
    public Candidates(int vocabulary) {
        scores = new float[vocabulary];
        ids = new int[vocabulary];
        weights = new double[vocabulary];
        heap = new long[vocabulary];
    }

    /**
     * Starts the next draw from raw logits.
     *
     * @param logits {@code [vocabulary]} from index {@code at} on; its position is neither used nor moved
     * @param at     index of the first one
     * @throws DeviceException if one is NaN or positive infinity
     */
    public void load(FloatBuffer logits, int at) {
        logits.get(at, scores);
        count = 0;
        for (int id = 0; id < scores.length; id++) {
            if (!(scores[id] < Float.POSITIVE_INFINITY)) {
                throw new DeviceException("logits are not finite: code=" + id + ", logit=" + scores[id] + OVERFLOWED);
            }
        }
    }

    /**
     * Makes codes that were drawn before less likely, each once however often it was drawn: {@code z < 0 ? z * penalty
     * : z / penalty}.
     *
     * @param history the codes
     * @param penalty {@code > 0}; 1 changes nothing
     */
    public void penalize(CodeHistory history, float penalty) {
        if (penalty == 1f) {
            return;
        }
        for (int id = history.next(0); id >= 0; id = history.next(id + 1)) {
            float score = scores[id];
            scores[id] = score < 0 ? score * penalty : score / penalty;
        }
    }

    /**
     * Takes a range of codes out.
     *
     * @param from the first
     * @param to   after the last; {@code from} for an empty range
     */
    public void forbid(int from, int to) {
        Arrays.fill(scores, from, to, Float.NEGATIVE_INFINITY);
    }

    /**
     * The greedy choice.
     *
     * @return the code with the largest score, the lowest one on ties
     * @throws DeviceException if every score is negative infinity
     */
    public int best() {
        int best = -1;
        float max = Float.NEGATIVE_INFINITY;
        for (int id = 0; id < scores.length; id++) {
            if (scores[id] > max) {
                max = scores[id];
                best = id;
            }
        }
        if (best < 0) {
            throw new DeviceException(
                    "no code can be drawn: every logit is negative infinity, vocabulary=" + scores.length + OVERFLOWED);
        }
        return best;
    }

    /**
     * Cuts down to the codes that may be drawn: scores are divided by the temperature; top-k keeps what is not below
     * the k-th largest score, so ties with it stay; top-p then takes away the least likely codes while the mass taken
     * is at most {@code 1 - topP}, of equal ones the higher codes first, and never the last.
     *
     * @param options not greedy
     * @throws DeviceException if every score is negative infinity, or the largest overflowed
     */
    public void keep(Sampling options) {
        if (options.isGreedy()) {
            throw new IllegalArgumentException("a greedy choice keeps no candidates: use best()");
        }
        float max = scores[best()];
        if (options.temperature() != 1f) {
            float temperature = Math.max(options.temperature(), MIN_TEMPERATURE);
            for (int id = 0; id < scores.length; id++) {
                scores[id] /= temperature;
            }
            max /= temperature;
        }
        boolean all = options.topK() == 0 || options.topK() >= scores.length;
        collect(all ? Float.NEGATIVE_INFINITY : kthLargest(options.topK()), max);
        if (options.topP() < 1f) {
            cutTail(1.0 - options.topP());
        }
    }

    /** Takes in every finite score not below the threshold, in ascending order of codes. */
    private void collect(float threshold, float max) {
        int kept = 0;
        double total = 0;
        for (int id = 0; id < scores.length; id++) {
            float score = scores[id];
            if (score >= threshold && score > Float.NEGATIVE_INFINITY) {
                double weight = Math.exp(score - max);
                ids[kept] = id;
                weights[kept++] = weight;
                total += weight;
            }
        }
        if (Double.isNaN(total)) {
            throw new DeviceException("no code can be drawn: the largest score is " + max + OVERFLOWED);
        }
        count = kept;
        totalWeight = total;
    }

    /** Keeps the k largest scores seen in a heap whose root is the smallest: most scores fail one comparison. */
    private float kthLargest(int k) {
        long[] smallestFirst = heap;
        for (int id = 0; id < k; id++) {
            smallestFirst[id] = sortable(scores[id]);
        }
        heapify(smallestFirst, k);
        float smallest = unsortable((int) smallestFirst[0]);
        for (int id = k; id < scores.length; id++) {
            if (scores[id] > smallest) {
                smallestFirst[0] = sortable(scores[id]);
                siftDown(smallestFirst, 0, k);
                smallest = unsortable((int) smallestFirst[0]);
            }
        }
        return smallest;
    }

    /** Keeps candidates, most likely first, until what is left, the next one included, is at most {@code mass}. */
    private void cutTail(double mass) {
        long[] likeliestFirst = heap;
        for (int i = 0; i < count; i++) {
            likeliestFirst[i] = ((long) ~sortable(scores[ids[i]]) << 32) | i;
        }
        heapify(likeliestFirst, count);
        double left = totalWeight;
        int size = count;
        do {
            int i = (int) likeliestFirst[0];
            left -= weights[i];
            ids[i] = ~ids[i]; // stays
            likeliestFirst[0] = likeliestFirst[--size];
            siftDown(likeliestFirst, 0, size);
        } while (size > 0 && left > mass * totalWeight);
        int kept = 0;
        double total = 0;
        for (int i = 0; i < count; i++) {
            if (ids[i] < 0) {
                ids[kept] = ~ids[i];
                weights[kept++] = weights[i];
                total += weights[i];
            }
        }
        count = kept;
        totalWeight = total;
    }

    private static void heapify(long[] heap, int size) {
        for (int parent = size / 2 - 1; parent >= 0; parent--) {
            siftDown(heap, parent, size);
        }
    }

    private static void siftDown(long[] heap, int start, int size) {
        long value = heap[start];
        int parent = start;
        for (int child = 2 * parent + 1; child < size; child = 2 * parent + 1) {
            if (child + 1 < size && heap[child + 1] < heap[child]) {
                child++;
            }
            if (value <= heap[child]) {
                break;
            }
            heap[parent] = heap[child];
            parent = child;
        }
        heap[parent] = value;
    }

    /** An int that orders as the float does, both zeros alike. */
    private static int sortable(float score) {
        int bits = Float.floatToRawIntBits(score + 0f);
        return bits ^ ((bits >> 31) & Integer.MAX_VALUE);
    }

    private static float unsortable(int sortable) {
        return Float.intBitsToFloat(sortable ^ ((sortable >> 31) & Integer.MAX_VALUE));
    }

    /**
     * Draws one of the candidates that {@link #keep} left: the lowest code whose cumulated probability, summed in
     * ascending order of codes, exceeds {@code uniform}.
     *
     * @param uniform in {@code [0, 1)}
     * @return the code
     * @throws IllegalStateException if nothing was kept for this draw
     */
    public int draw(float uniform) {
        if (count == 0) {
            throw new IllegalStateException("no candidates: call keep() after load()");
        }
        double target = uniform * totalWeight;
        double cumulated = 0;
        int i = -1;
        while (cumulated <= target) {
            cumulated += weights[++i];
        }
        return ids[i];
    }

    /**
     * How many codes {@link #keep} left.
     *
     * @return 0 before it was called for this draw
     */
    public int count() {
        return count;
    }

    /**
     * A code that was kept.
     *
     * @param i in {@code [0, count)}; codes ascend with it
     * @return the code
     */
    public int id(int i) {
        return ids[i];
    }

    /**
     * The score after all rules and the temperature.
     *
     * @param i in {@code [0, count)}
     * @return finite
     */
    public float score(int i) {
        return scores[ids[i]];
    }

    /**
     * How likely a candidate is drawn.
     *
     * @param i in {@code [0, count)}
     * @return in {@code [0, 1]}; all of them sum to 1
     */
    public float probability(int i) {
        return (float) (weights[i] / totalWeight);
    }
}

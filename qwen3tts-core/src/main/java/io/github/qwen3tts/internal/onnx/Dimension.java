package io.github.qwen3tts.internal.onnx;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Arithmetic with dimensions, which are numbers or names. What is made of a name is a name that says how, such as {@code
 * 8*(time+1)}, so that equal names stand for equal numbers.
 */
final class Dimension {

    /** In the place of a name, for a dimension nothing is known of; names that are made from it have it in them. */
    static final String UNKNOWN = "?";

    private static final Pattern SUM_WITH_NUMBER = Pattern.compile("(.+)([+-]\\d+)");
    private static final Pattern PLAIN = Pattern.compile("[\\w ?]+");

    private Dimension() {}

    /** Whether it is a number, or a name that stands for equal numbers wherever it is used in a graph. */
    static boolean isNamed(Object dim) {
        return dim instanceof Long || !((String) dim).contains(UNKNOWN);
    }

    /** {@code dim + number}; a number added to a name before is taken into account, so that the name may come back. */
    static Object plus(Object dim, long number) {
        if (dim instanceof Long n) {
            return n + number;
        }
        String name = (String) dim;
        long sum = number;
        Matcher sumWithNumber = SUM_WITH_NUMBER.matcher(name);
        if (sumWithNumber.matches()) {
            name = sumWithNumber.group(1);
            sum += Long.parseLong(sumWithNumber.group(2));
        }
        return sum == 0 ? name : name + (sum > 0 ? "+" : "") + sum;
    }

    /** {@code a + b}. */
    static Object sum(Object a, Object b) {
        if (a instanceof Long n) {
            return plus(b, n);
        }
        return b instanceof Long n ? plus(a, n) : operand(a) + "+" + operand(b);
    }

    /** {@code factor * dim}. */
    static Object times(long factor, Object dim) {
        if (dim instanceof Long n) {
            return factor * n;
        }
        return factor == 1 ? dim : factor + "*" + operand(dim);
    }

    /** {@code dim / divisor}, rounded down. */
    static Object over(Object dim, long divisor) {
        if (dim instanceof Long n) {
            return n / divisor;
        }
        return divisor == 1 ? dim : operand(dim) + "/" + divisor;
    }

    /** What is left of a dimension after {@link Value#slice}. */
    static Object range(Object dim, int from, int to) {
        return operand(dim) + "[" + from + ":" + to + "]";
    }

    /** In parentheses, if it is made of others. */
    private static String operand(Object dim) {
        String name = dim.toString();
        return PLAIN.matcher(name).matches() ? name : "(" + name + ")";
    }
}

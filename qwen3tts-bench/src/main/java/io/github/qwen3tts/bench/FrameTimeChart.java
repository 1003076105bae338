package io.github.qwen3tts.bench;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** A picture of where the time of a frame goes: a bar per configuration, stacked from its parts. */
final class FrameTimeChart {

    /** Colours that people with any colour vision tell apart. */
    private static final List<Part> PARTS = List.of(
            new Part("talker", "#0072b2", "#ffffff", FrameTime::talker),
            new Part("code predictor", "#56b4e9", "#000000", FrameTime::codePredictor),
            new Part("codec", "#e69f00", "#000000", FrameTime::codec),
            new Part("sampling and rest", "#8c8c8c", "#000000", FrameTime::rest),
            new Part("prompt, per frame", "#cc79a7", "#000000", FrameTime::prompt));

    private static final int WIDTH = 860;
    private static final int LEFT = 120;
    private static final int RIGHT = 160;
    private static final int TOP = 84;
    private static final int BAR = 34;
    private static final int ROW = 50;
    private static final double PIXELS_PER_DIGIT = 7.5;
    private static final double PIXELS_PER_LETTER = 6.7;

    private final StringBuilder svg = new StringBuilder();
    private final double pixelsPerMilli;

    private FrameTimeChart(double mostMillis) {
        pixelsPerMilli = (WIDTH - LEFT - RIGHT) / mostMillis;
    }

    private record Part(String name, String fill, String text, ToDoubleFunction<FrameTime> millis) {}

    /**
     * Draws the bars.
     *
     * @param title       over the picture
     * @param bars        from top to bottom
     * @param frameMillis of audio: a line says what is faster than real time
     */
    static String of(String title, List<Bar> bars, double frameMillis) {
        double longest =
                bars.stream().mapToDouble(bar -> bar.time().total()).max().orElseThrow();
        double step = step(Math.max(longest, frameMillis));
        double most = Math.ceil(Math.max(longest, frameMillis) / step) * step;
        return new FrameTimeChart(most).draw(title, bars, frameMillis, step, most);
    }

    /**
     * One configuration.
     *
     * @param name of it
     * @param time of its frames
     */
    record Bar(String name, FrameTime time) {}

    private String draw(String title, List<Bar> bars, double frameMillis, double step, double most) {
        int bottom = TOP + bars.size() * ROW;
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
                        + " font-family=\"Helvetica, Arial, sans-serif\" font-size=\"13\">%n",
                WIDTH, bottom + 50, WIDTH, bottom + 50);
        add("<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>%n");
        add("<text x=\"%d\" y=\"26\" font-size=\"16\" font-weight=\"bold\">%s</text>%n", LEFT, escaped(title));
        legend();
        for (double tick = 0; tick <= most; tick += step) {
            add(
                    "<line x1=\"%1$.1f\" y1=\"%2$d\" x2=\"%1$.1f\" y2=\"%3$d\" stroke=\"#dddddd\"/>%n",
                    x(tick), TOP - 6, bottom);
            label(x(tick), bottom + 18, "middle", "#555555", number(tick));
        }
        label(x(most / 2), bottom + 38, "middle", "#555555", "milliseconds per frame");
        for (int i = 0; i < bars.size(); i++) {
            bar(bars.get(i), TOP + i * ROW);
        }
        add(
                "<line x1=\"%1$.1f\" y1=\"%2$d\" x2=\"%1$.1f\" y2=\"%3$d\" stroke=\"#000000\" stroke-dasharray=\"5 4\"/>%n",
                x(frameMillis), TOP - 6, bottom);
        label(x(frameMillis), TOP - 12, "middle", "#000000", "real time: " + number(frameMillis) + " ms");
        add("</svg>%n");
        return svg.toString();
    }

    private void legend() {
        int x = LEFT;
        for (Part part : PARTS) {
            add("<rect x=\"%d\" y=\"40\" width=\"12\" height=\"12\" fill=\"%s\"/>%n", x, part.fill());
            label(x + 17, 51, "start", "#000000", part.name());
            x += 42 + (int) (PIXELS_PER_LETTER * part.name().length());
        }
    }

    private void bar(Bar bar, int y) {
        label(LEFT - 10, y + BAR / 2 + 5, "end", "#000000", bar.name());
        double from = 0;
        for (Part part : PARTS) {
            double millis = Math.max(0, part.millis().applyAsDouble(bar.time()));
            String number = String.format(Locale.ROOT, "%.1f", millis);
            double width = millis * pixelsPerMilli;
            add(
                    "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"><title>%s: %s ms</title></rect>%n",
                    x(from), y, width, BAR, part.fill(), part.name(), number);
            if (width > PIXELS_PER_DIGIT * number.length() + 4) {
                label(x(from + millis / 2), y + BAR / 2 + 5, "middle", part.text(), number);
            }
            from += millis;
        }
        label(
                x(from) + 8,
                y + BAR / 2 + 5,
                "start",
                "#000000",
                String.format(Locale.ROOT, "%.1f ms", bar.time().total()));
    }

    private double x(double millis) {
        return LEFT + millis * pixelsPerMilli;
    }

    /** A round step that makes some five to ten ticks. */
    private static double step(double most) {
        double power = Math.pow(10, Math.floor(Math.log10(most)));
        double digits = most / power;
        return digits < 2 ? power / 5 : digits < 5 ? power / 2 : power;
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : String.format(Locale.ROOT, "%.1f", value);
    }

    private void label(double x, int y, String anchor, String colour, String text) {
        add(
                "<text x=\"%.1f\" y=\"%d\" text-anchor=\"%s\" fill=\"%s\">%s</text>%n",
                x, y, anchor, colour, escaped(text));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private void add(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format.replace("%n", "\n"), values));
    }
}

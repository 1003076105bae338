package io.github.qwen3tts.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.bench.FrameTimeChart.Bar;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class FrameTimeChartTest {

    private static final FrameTime SLOW = new FrameTime(60, 160, 30, 2, 1.5);
    private static final FrameTime FAST = new FrameTime(20, 40, 27, 2, 1);

    @Test
    void everyPartIsAsWideAsItsTime() throws Exception {
        Document svg = parsed(FrameTimeChart.of("title", List.of(new Bar("fp32", SLOW), new Bar("int8", FAST)), 80));
        List<Element> parts = parts(svg);
        assertEquals(10, parts.size());
        double pixelsPerMilli = width(parts.get(0)) / 60;
        double[] millis = {60, 160, 30, 2, 1.5, 20, 40, 27, 2, 1};
        for (int i = 0; i < millis.length; i++) {
            assertEquals(millis[i] * pixelsPerMilli, width(parts.get(i)), 0.1, "part " + i);
        }
        for (int i = 1; i < 5; i++) { // side by side
            assertEquals(x(parts.get(i - 1)) + width(parts.get(i - 1)), x(parts.get(i)), 0.2);
        }
        double right = x(parts.get(4)) + width(parts.get(4));
        assertTrue(right < 860, "inside the picture: " + right);
    }

    @Test
    void saysWhatIsRealTimeAndHowLongEachBarIs() throws Exception {
        List<String> texts = texts(parsed(FrameTimeChart.of("a < b", List.of(new Bar("int8", FAST)), 80)));
        assertTrue(texts.contains("a < b"), texts.toString());
        assertTrue(texts.contains("real time: 80 ms"), texts.toString());
        assertTrue(texts.contains("90.0 ms"), texts.toString());
        assertTrue(texts.containsAll(List.of("talker", "code predictor", "codec", "40.0", "27.0")), texts.toString());
    }

    private static Document parsed(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    }

    /** The rectangles that have a tooltip. */
    private static List<Element> parts(Document svg) {
        List<Element> parts = new ArrayList<>();
        NodeList all = svg.getElementsByTagName("rect");
        for (int i = 0; i < all.getLength(); i++) {
            Element rect = (Element) all.item(i);
            if (rect.getElementsByTagName("title").getLength() > 0) {
                parts.add(rect);
            }
        }
        return parts;
    }

    private static double width(Element rect) {
        return Double.parseDouble(rect.getAttribute("width"));
    }

    private static double x(Element rect) {
        return Double.parseDouble(rect.getAttribute("x"));
    }

    private static List<String> texts(Document svg) {
        List<String> texts = new ArrayList<>();
        NodeList all = svg.getElementsByTagName("text");
        for (int i = 0; i < all.getLength(); i++) {
            texts.add(all.item(i).getTextContent());
        }
        return texts;
    }
}

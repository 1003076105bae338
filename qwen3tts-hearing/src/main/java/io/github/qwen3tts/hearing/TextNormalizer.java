package io.github.qwen3tts.hearing;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Turns English text into the words that are compared: lower case, no punctuation, numbers and symbols spelled out. */
public final class TextNormalizer {

    private static final Map<String, String> SPELLED =
            Map.of("mr", "mister", "mrs", "missus", "dr", "doctor", "%", "percent", "&", "and", "+", "plus");

    private static final List<String> SMALL = List.of(
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen");
    private static final List<String> TENS =
            List.of("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety");
    private static final int MAX_DIGITS = 9; // longer numbers are read digit by digit

    private static final Pattern TOKEN = Pattern.compile("[0-9][0-9,]*(?:\\.[0-9]+)?|[\\p{L}']+|[%&+]");

    private TextNormalizer() {}

    /**
     * Splits a text into normalised words.
     *
     * @param text in English
     * @return its words, letters and inner apostrophes only
     */
    public static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        String plain = Normalizer.normalize(text, Normalizer.Form.NFKC)
                .replace('\u2019', '\'')
                .toLowerCase(Locale.ROOT);
        Matcher token = TOKEN.matcher(plain);
        while (token.find()) {
            String word = token.group();
            if (Character.isDigit(word.charAt(0))) {
                addNumber(words, word.replace(",", ""));
            } else {
                String bare = word.replaceAll("^'+|'+$", "");
                if (!bare.isEmpty()) {
                    words.add(SPELLED.getOrDefault(bare, bare));
                }
            }
        }
        return List.copyOf(words);
    }

    private static void addNumber(List<String> words, String number) {
        int point = number.indexOf('.');
        String whole = point < 0 ? number : number.substring(0, point);
        if (whole.length() > MAX_DIGITS || whole.length() > 1 && whole.startsWith("0")) {
            addDigits(words, whole);
        } else {
            addCardinal(words, Integer.parseInt(whole));
        }
        if (point >= 0) {
            words.add("point");
            addDigits(words, number.substring(point + 1));
        }
    }

    private static void addDigits(List<String> words, String digits) {
        digits.chars().forEach(digit -> words.add(SMALL.get(digit - '0')));
    }

    private static void addCardinal(List<String> words, int n) {
        if (n < 20) {
            words.add(SMALL.get(n));
        } else if (n < 100) {
            words.add(TENS.get(n / 10));
            addRest(words, n % 10);
        } else {
            int unit = n < 1_000 ? 100 : n < 1_000_000 ? 1_000 : 1_000_000;
            addCardinal(words, n / unit);
            words.add(unit == 100 ? "hundred" : unit == 1_000 ? "thousand" : "million");
            addRest(words, n % unit);
        }
    }

    private static void addRest(List<String> words, int n) {
        if (n > 0) {
            addCardinal(words, n);
        }
    }
}

package io.github.qwen3tts.bench.synth;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A small byte-pair vocabulary, learned from a page of text in the ten languages of the model. Bytes, the role names of
 * the templates and the added tokens have their released ids; the ids between stay unused.
 */
final class SyntheticVocabulary {

    private static final String SAMPLE = """
            The morning train was late again, so we talked about the weather, the news and what to cook in the evening. \
            Please read this sentence aloud, slowly and clearly, and then tell me what you think about it.
            Der Zug am Morgen war wieder zu spät, also sprachen wir über das Wetter, die Nachrichten und das Essen. \
            Bitte lies diesen Satz langsam und deutlich vor und sag mir dann, was du davon hältst.
            Le train du matin était encore en retard, alors nous avons parlé du temps, des nouvelles et du repas. \
            Veuillez lire cette phrase à voix haute, lentement et clairement, puis dites-moi ce que vous en pensez.
            El tren de la mañana llegó tarde otra vez, así que hablamos del tiempo, de las noticias y de la cena. \
            Por favor, lee esta frase en voz alta, despacio y con claridad, y luego dime qué te parece.
            Il treno del mattino era di nuovo in ritardo, così abbiamo parlato del tempo, delle notizie e della cena. \
            Per favore, leggi questa frase ad alta voce, piano e chiaramente, e poi dimmi che cosa ne pensi.
            O trem da manhã atrasou de novo, então falamos sobre o tempo, as notícias e o jantar. \
            Por favor, leia esta frase em voz alta, devagar e com clareza, e depois diga o que você acha.
            Утренний поезд снова опоздал, поэтому мы говорили о погоде, о новостях и об ужине. \
            Пожалуйста, прочитайте это предложение вслух, медленно и ясно, а потом скажите, что вы думаете.
            早上的火车又晚点了，所以我们聊了天气、新闻和晚饭。请把这句话慢慢地、清楚地读出来，然后告诉我你的想法。
            朝の電車がまた遅れたので、天気やニュースや夕食の話をしました。この文をゆっくり、はっきり読んで、感想を教えてください。
            아침 기차가 또 늦어서 우리는 날씨와 뉴스와 저녁 식사에 대해 이야기했습니다. 이 문장을 천천히 또렷하게 읽어 주세요.
            """;

    private static final Pattern PIECE = Pattern.compile(" ?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+|\\s+");

    /** One token each in every template. */
    private static final Map<String, Integer> ROLES = Map.of("assistant", 77_091, "user", 872);

    private static final List<String> ADDED = List.of(
            "<|endoftext|>",
            "<|im_start|>",
            "<|im_end|>",
            "<|object_ref_start|>",
            "<|object_ref_end|>",
            "<|box_start|>",
            "<|box_end|>",
            "<|quad_start|>",
            "<|quad_end|>",
            "<|vision_start|>",
            "<|vision_end|>",
            "<|vision_pad|>",
            "<|image_pad|>",
            "<|video_pad|>",
            "<tool_call>",
            "</tool_call>",
            "<|fim_prefix|>",
            "<|fim_middle|>",
            "<|fim_suffix|>",
            "<|fim_pad|>",
            "<|repo_name|>",
            "<|file_sep|>",
            "<tool_response>",
            "</tool_response>",
            "<think>",
            "</think>",
            "<|audio_start|>",
            "<|audio_end|>",
            "<tts_pad>",
            "<tts_text_bos>",
            "<tts_text_eod>",
            "<tts_text_bos_single>",
            "<|audio_pad|>");

    private final int firstAdded;
    private final Map<String, Integer> ids = new LinkedHashMap<>();
    private final List<Pair> merges = new ArrayList<>();

    private record Pair(String left, String right) {
        String merged() {
            return left + right;
        }
    }

    /**
     * Learns the merges.
     *
     * @param firstAdded id of the first added token; all others are below
     */
    SyntheticVocabulary(int firstAdded) {
        this.firstAdded = firstAdded;
        char next = 256;
        List<String> unprintable = new ArrayList<>();
        for (int value = 0; value < 256; value++) {
            if (isPrintable(value)) {
                ids.put(String.valueOf((char) value), ids.size());
            } else {
                unprintable.add(String.valueOf(next++));
            }
        }
        unprintable.forEach(symbol -> ids.put(symbol, ids.size()));
        List<List<String>> words = words();
        for (String role : List.of("assistant", "user")) { // first, so that nothing else splits them
            for (int i = 1; i < role.length(); i++) {
                merge(new Pair(role.substring(0, i), role.substring(i, i + 1)), words);
            }
        }
        learn(words);
    }

    /** Byte values that stand for themselves; the others are written as code points from 256 on. */
    private static boolean isPrintable(int value) {
        return value >= '!' && value <= '~' || value >= 161 && value <= 172 || value >= 174;
    }

    private static List<List<String>> words() {
        String[] symbols = new String[256];
        char next = 256;
        for (int value = 0; value < 256; value++) {
            symbols[value] = String.valueOf(isPrintable(value) ? (char) value : next++);
        }
        List<List<String>> words = new ArrayList<>();
        Matcher pieces = PIECE.matcher(SAMPLE);
        while (pieces.find()) {
            List<String> word = new ArrayList<>();
            for (byte b : pieces.group().getBytes(StandardCharsets.UTF_8)) {
                word.add(symbols[b & 0xFF]);
            }
            words.add(word);
        }
        return words;
    }

    /** Merges the most frequent pair, of equal ones the first in order, until none comes twice or ids run out. */
    private void learn(List<List<String>> words) {
        Comparator<Map.Entry<Pair, Integer>> byCount = Map.Entry.comparingByValue();
        Comparator<Map.Entry<Pair, Integer>> best = byCount.thenComparing(
                entry -> entry.getKey().left() + " " + entry.getKey().right(), Comparator.reverseOrder());
        while (ids.size() < firstAdded) {
            Map<Pair, Integer> counts = new LinkedHashMap<>();
            for (List<String> word : words) {
                for (int i = 0; i + 1 < word.size(); i++) {
                    counts.merge(new Pair(word.get(i), word.get(i + 1)), 1, Integer::sum);
                }
            }
            Map.Entry<Pair, Integer> most = counts.entrySet().stream().max(best).orElseThrow();
            if (most.getValue() < 2) {
                return;
            }
            merge(most.getKey(), words);
        }
    }

    private void merge(Pair pair, List<List<String>> words) {
        merges.add(pair);
        ids.computeIfAbsent(pair.merged(), this::newId);
        for (List<String> word : words) {
            for (int i = 0; i + 1 < word.size(); i++) {
                if (word.get(i).equals(pair.left()) && word.get(i + 1).equals(pair.right())) {
                    word.set(i, pair.merged());
                    word.remove(i + 1);
                }
            }
        }
    }

    private int newId(String token) {
        int released = ROLES.getOrDefault(token, firstAdded);
        if (released < firstAdded) {
            return released;
        }
        int next = 256;
        while (ids.containsValue(next) || ROLES.containsValue(next)) {
            next++;
        }
        return next;
    }

    /** The id of an added token. */
    int added(String literal) {
        return firstAdded + ADDED.indexOf(literal);
    }

    /** The id of an ordinary token. */
    int id(String token) {
        return ids.get(token);
    }

    void write(Path directory) throws IOException {
        ObjectMapper json = new ObjectMapper();
        Files.write(directory.resolve("vocab.json"), json.writeValueAsBytes(ids));
        StringBuilder lines = new StringBuilder("#version: 0.2\n");
        merges.forEach(pair ->
                lines.append(pair.left()).append(' ').append(pair.right()).append('\n'));
        Files.writeString(directory.resolve("merges.txt"), lines);
        ObjectNode config = json.createObjectNode();
        config.put("add_bos_token", false).put("add_prefix_space", false);
        ObjectNode added = config.putObject("added_tokens_decoder");
        for (String literal : ADDED) {
            added.putObject(String.valueOf(added(literal)))
                    .put("content", literal)
                    .put("lstrip", false)
                    .put("normalized", false)
                    .put("rstrip", false)
                    .put("single_word", false)
                    .put("special", isSpecial(literal));
        }
        config.put("clean_up_tokenization_spaces", false)
                .put("eos_token", "<|im_end|>")
                .put("errors", "replace")
                .put("model_max_length", 131_072)
                .put("pad_token", "<|endoftext|>")
                .put("split_special_tokens", false)
                .put("tokenizer_class", "Qwen2Tokenizer")
                .putNull("unk_token");
        Files.write(
                directory.resolve("tokenizer_config.json"),
                json.writerWithDefaultPrettyPrinter().writeValueAsBytes(config));
    }

    /** The tokens of other tasks of the model family are not special. */
    private static boolean isSpecial(String literal) {
        int index = ADDED.indexOf(literal);
        return index < ADDED.indexOf("<tool_call>") || index > ADDED.indexOf("</think>");
    }
}

package dev.lethe.unlearning.tokenizer;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Learns a byte-level BPE vocabulary (Sennrich et al. 2016, on the bytes and with the word pattern of GPT-2) and writes
 * it as a Hugging Face {@code tokenizer.json}. The most frequent pair is merged first; equal counts are decided by
 * the pair's text, so the same texts always give the same vocabulary.
 */
public final class BpeTrainer {
    /** The end-of-text token, which is also the padding: id 0. */
    public static final String END_OF_TEXT = "<|endoftext|>";

    private static final Pattern WORD = Pattern.compile(
            "'(?:s|t|re|ve|m|ll|d)| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
            Pattern.UNICODE_CHARACTER_CLASS);
    private static final String[] BYTE_SYMBOLS = byteSymbols();

    private record Pair(String left, String right) {
        private static final Comparator<Pair> BY_TEXT =
                Comparator.comparing(Pair::left).thenComparing(Pair::right);

        String joined() {
            return left + right;
        }
    }

    private record Word(List<String> symbols, int count) {}

    private BpeTrainer() {}

    /**
     * A {@code tokenizer.json} of at most {@code size} entries: the end-of-text token, 256 bytes, then merges.
     *
     * @throws IllegalArgumentException when {@code size} leaves no room for the bytes
     */
    public static String learn(Iterable<String> texts, int size) {
        if (size < BYTE_SYMBOLS.length + 1) {
            throw new IllegalArgumentException(
                    "vocabulary size: found " + size + ", expected at least " + (BYTE_SYMBOLS.length + 1));
        }
        Map<String, Integer> vocabulary = new LinkedHashMap<>();
        vocabulary.put(END_OF_TEXT, 0);
        for (String symbol : new TreeSet<>(List.of(BYTE_SYMBOLS))) {
            vocabulary.put(symbol, vocabulary.size());
        }
        List<Pair> merges = new ArrayList<>();
        List<Word> words = words(texts);
        while (vocabulary.size() < size) {
            Pair best = mostFrequent(words);
            if (best == null) {
                break;
            }
            merges.add(best);
            vocabulary.putIfAbsent(best.joined(), vocabulary.size());
            words = words.stream()
                    .map(word -> new Word(merged(word.symbols, best), word.count))
                    .toList();
        }
        return json(vocabulary, merges);
    }

    private static List<Word> words(Iterable<String> texts) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        for (String text : texts) {
            WORD.matcher(text).results().map(MatchResult::group).forEach(word -> counts.merge(word, 1, Integer::sum));
        }
        return counts.entrySet().stream()
                .map(entry -> new Word(symbols(entry.getKey()), entry.getValue()))
                .toList();
    }

    private static List<String> symbols(String word) {
        List<String> symbols = new ArrayList<>();
        for (byte b : word.getBytes(StandardCharsets.UTF_8)) {
            symbols.add(BYTE_SYMBOLS[b & 0xFF]);
        }
        return symbols;
    }

    private static Pair mostFrequent(List<Word> words) {
        Map<Pair, Integer> counts = new HashMap<>();
        for (Word word : words) {
            for (int i = 0; i + 1 < word.symbols.size(); i++) {
                counts.merge(new Pair(word.symbols.get(i), word.symbols.get(i + 1)), word.count, Integer::sum);
            }
        }
        return counts.entrySet().stream()
                .max(Map.Entry.<Pair, Integer>comparingByValue()
                        .thenComparing(Map.Entry::getKey, Pair.BY_TEXT.reversed()))
                .map(Map.Entry::getKey)
                .orElse(null);
    }

    private static List<String> merged(List<String> symbols, Pair pair) {
        List<String> out = new ArrayList<>(symbols.size());
        for (int i = 0; i < symbols.size(); i++) {
            boolean here = i + 1 < symbols.size()
                    && symbols.get(i).equals(pair.left)
                    && symbols.get(i + 1).equals(pair.right);
            out.add(here ? pair.joined() : symbols.get(i));
            if (here) {
                i++;
            }
        }
        return out;
    }

    /** GPT-2's printable stand-ins: printable Latin-1 bytes stand for themselves, the others for U+0100 and up. */
    private static String[] byteSymbols() {
        String[] symbols = new String[256];
        int next = 256;
        for (int b = 0; b < 256; b++) {
            boolean printable = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || (b >= 0xAE && b <= 0xFF);
            symbols[b] = Character.toString(printable ? b : next++);
        }
        return symbols;
    }

    private static String json(Map<String, Integer> vocabulary, List<Pair> merges) {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode root = mapper.createObjectNode().put("version", "1.0");
        root.putNull("truncation").putNull("padding");
        root.putArray("added_tokens")
                .addObject()
                .put("id", 0)
                .put("content", END_OF_TEXT)
                .put("single_word", false)
                .put("lstrip", false)
                .put("rstrip", false)
                .put("normalized", false)
                .put("special", true);
        root.putNull("normalizer");
        byteLevel(root.putObject("pre_tokenizer"));
        root.putNull("post_processor");
        byteLevel(root.putObject("decoder"));
        ObjectNode model = root.putObject("model").put("type", "BPE").putNull("dropout");
        model.putNull("unk_token").putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
        model.put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", false);
        ObjectNode vocab = model.putObject("vocab");
        vocabulary.forEach(vocab::put);
        ArrayNode list = model.putArray("merges");
        merges.forEach(pair -> list.addArray().add(pair.left).add(pair.right));
        return root.toString() + "\n";
    }

    private static void byteLevel(ObjectNode node) {
        node.put("type", "ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", true)
                .put("use_regex", true);
    }
}

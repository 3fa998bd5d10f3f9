package dev.lethe.unlearning.data;

import dev.lethe.merge.InvalidInput;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which fields of a file have what of a row: its first row decides for all. Without a mapping these are prompt and answer:
 *
 * <ul>
 *   <li>{@code input} and {@code output};
 *   <li>{@code prompt} and {@code response}, or {@code completion};
 *   <li>{@code question} and {@code answer};
 *   <li>{@code instruction} and {@code output}, or {@code response}, as Alpaca and Dolly have them: what {@code input} or {@code
 *       context} say stands below the instruction;
 *   <li>{@code messages} of {@code role} and {@code content}, or {@code conversations} of {@code from} and {@code value}: the last
 *       message of the assistant is the answer, those before it are the prompt, and none after it is read;
 *   <li>{@code text} or {@code document}, where a row has none of these: the document is the answer, to an empty prompt.
 * </ul>
 *
 * @param columns the field of each column that is read
 * @param below a field that is read below the prompt
 * @param kind what the names say of a row whose own fields do not say it
 * @param answered whether answers are read, and must be there
 */
record RowFields(Map<RowColumn, String> columns, Optional<String> below, Optional<RowKind> kind, boolean answered) {
    private static final List<String> CHATS = List.of("messages", "conversations");
    private static final List<String> DOCUMENTS = List.of("text", "document");
    private static final List<String> CONTEXTS = List.of("input", "context");
    private static final List<Pair> PAIRS = List.of(
            new Pair("input", "output", null),
            new Pair("prompt", "response", RowKind.QUESTION),
            new Pair("prompt", "completion", RowKind.COMPLETION),
            new Pair("question", "answer", RowKind.QUESTION),
            new Pair("instruction", "output", RowKind.QUESTION),
            new Pair("instruction", "response", RowKind.QUESTION));
    private static final String PROMPT_EXPECTED =
            "a prompt (input, prompt, question or instruction), a chat (messages or conversations), or columns that name them";
    private static final String EXPECTED =
            "a prompt and an answer (input and output, prompt and response or completion,"
                    + " question and answer, instruction and output or response), a chat (messages or conversations),"
                    + " a document (text or document), or columns that name them";

    /** Fields of which answers are read. */
    private RowFields(Map<RowColumn, String> columns, Optional<String> below, Optional<RowKind> kind) {
        this(columns, below, kind, true);
    }

    /** Names of a prompt and its answer, and what kind of row they make. */
    private record Pair(String input, String output, @Nullable RowKind kind) {
        /** Alpaca has an input beside the instruction and the output. */
        boolean in(JsonRow row) {
            return asks(row) && row.has(output);
        }

        boolean asks(JsonRow row) {
            return row.has(input) && !(input.equals("input") && row.has("instruction"));
        }

        RowFields fields(JsonRow row) {
            Optional<String> context = input.equals("instruction")
                    ? CONTEXTS.stream().filter(row::has).findFirst()
                    : Optional.empty();
            return new RowFields(
                    Map.of(RowColumn.INPUT, input, RowColumn.OUTPUT, output), context, Optional.ofNullable(kind));
        }

        String text() {
            return input + " and " + output;
        }
    }

    /**
     * The fields of a file.
     *
     * @param mapped columns that have a name of their own. Where {@code INPUT} is not among them but {@code OUTPUT} is, the prompt is
     *     {@code input}, or empty where there is no such field
     * @throws InvalidInput where the row has no such field, no prompt and answer, or more than one pair of them
     */
    static RowFields of(JsonRow first, Map<RowColumn, String> mapped) {
        mapped.forEach(first::requireColumn);
        return texts(first, mapped).with(first, mapped);
    }

    /**
     * The fields of a file of which prompts alone are read; a column of answers that is mapped is not looked for.
     *
     * @throws InvalidInput where the row has no such field, no prompt, or more than one that may be it
     */
    static RowFields ofPrompts(JsonRow first, Map<RowColumn, String> mapped) {
        Map<RowColumn, String> asked = new EnumMap<>(RowColumn.class);
        asked.putAll(mapped);
        asked.remove(RowColumn.OUTPUT);
        asked.forEach(first::requireColumn);
        return prompts(first, asked).with(first, asked).withoutAnswers();
    }

    private RowFields with(JsonRow first, Map<RowColumn, String> mapped) {
        Map<RowColumn, String> all = new EnumMap<>(columns);
        all.putAll(mapped);
        if (first.has("id")) {
            all.putIfAbsent(RowColumn.ID, "id");
        }
        all.putIfAbsent(RowColumn.TASK, "task");
        all.putIfAbsent(RowColumn.KIND, "kind");
        return new RowFields(all, below, kind);
    }

    private RowFields withoutAnswers() {
        Map<RowColumn, String> asked = new EnumMap<>(columns);
        asked.remove(RowColumn.OUTPUT);
        return new RowFields(asked, below, kind, false);
    }

    private static RowFields prompts(JsonRow first, Map<RowColumn, String> mapped) {
        String messages = mapped.get(RowColumn.MESSAGES);
        if (messages != null) {
            return chat(messages);
        }
        String input = mapped.get(RowColumn.INPUT);
        if (input != null) {
            return new RowFields(Map.of(RowColumn.INPUT, input), Optional.empty(), Optional.empty());
        }
        List<Pair> pairs = PAIRS.stream().filter(pair -> pair.asks(first)).toList();
        List<String> found = Stream.concat(
                        pairs.stream().map(Pair::input).distinct(),
                        CHATS.stream().filter(first::has))
                .toList();
        return switch (found.size()) {
            case 0 -> throw InvalidInput.at(first.where(), "fields", first.names(), PROMPT_EXPECTED);
            case 1 ->
                pairs.isEmpty()
                        ? chat(found.getFirst())
                        : pairs.stream()
                                .filter(pair -> pair.in(first))
                                .findFirst()
                                .orElse(pairs.getFirst())
                                .fields(first);
            default -> throw ambiguous(first, found.stream());
        };
    }

    private static RowFields texts(JsonRow first, Map<RowColumn, String> mapped) {
        if (mapped.containsKey(RowColumn.MESSAGES)) {
            return chat(Objects.requireNonNull(mapped.get(RowColumn.MESSAGES)));
        }
        if (mapped.containsKey(RowColumn.INPUT) || mapped.containsKey(RowColumn.OUTPUT)) {
            return mappedTexts(first, mapped);
        }
        List<Pair> pairs = PAIRS.stream().filter(pair -> pair.in(first)).toList();
        List<String> chats = CHATS.stream().filter(first::has).toList();
        if (pairs.size() + chats.size() > 1) {
            throw ambiguous(first, Stream.concat(pairs.stream().map(Pair::text), chats.stream()));
        }
        if (!pairs.isEmpty()) {
            return pairs.getFirst().fields(first);
        }
        if (!chats.isEmpty()) {
            return chat(chats.getFirst());
        }
        List<String> documents = DOCUMENTS.stream().filter(first::has).toList();
        return switch (documents.size()) {
            case 0 -> throw InvalidInput.at(first.where(), "fields", first.names(), EXPECTED);
            case 1 -> document(documents.getFirst());
            default -> throw ambiguous(first, documents.stream());
        };
    }

    private static RowFields mappedTexts(JsonRow first, Map<RowColumn, String> mapped) {
        String output = mapped.getOrDefault(RowColumn.OUTPUT, "output");
        if (!mapped.containsKey(RowColumn.INPUT) && !first.has("input")) {
            return document(output);
        }
        String input = mapped.getOrDefault(RowColumn.INPUT, "input");
        return new RowFields(
                Map.of(RowColumn.INPUT, input, RowColumn.OUTPUT, output), Optional.empty(), Optional.empty());
    }

    private static RowFields chat(String field) {
        return new RowFields(Map.of(RowColumn.MESSAGES, field), Optional.empty(), Optional.of(RowKind.QUESTION));
    }

    private static RowFields document(String field) {
        return new RowFields(Map.of(RowColumn.OUTPUT, field), Optional.empty(), Optional.of(RowKind.COMPLETION));
    }

    private static InvalidInput ambiguous(JsonRow first, Stream<String> found) {
        return InvalidInput.at(
                first.where(),
                "fields",
                found.collect(Collectors.joining("; ")),
                "one of them, or columns that name what to take, as in columns: {input: question, output: answer}");
    }

    /** The fields that have prompt and answer. */
    List<String> names() {
        return Stream.concat(
                        Stream.of(RowColumn.INPUT).map(columns::get).filter(Objects::nonNull),
                        Stream.concat(
                                below.stream(),
                                Stream.of(RowColumn.OUTPUT, RowColumn.MESSAGES)
                                        .map(columns::get)
                                        .filter(Objects::nonNull)))
                .toList();
    }

    /**
     * One row.
     *
     * @param absentId its id where the file has none
     */
    Row row(JsonRow json, String absentId) {
        json.requiring(Stream.of(RowColumn.ID, RowColumn.INPUT, RowColumn.OUTPUT, RowColumn.MESSAGES)
                .map(columns::get)
                .filter(Objects::nonNull)
                .toArray(String[]::new));
        String idField = columns.get(RowColumn.ID);
        String id = idField == null ? absentId : json.id(idField);
        String task = json.optionalText(Objects.requireNonNull(columns.get(RowColumn.TASK)));
        RowKind ofRow = kind(json, id);
        String messages = columns.get(RowColumn.MESSAGES);
        if (messages == null) {
            String output = columns.get(RowColumn.OUTPUT);
            String answer = output == null ? "" : answer(json.where(), output, json.text(output));
            return new Row(id, prompt(json), answer, task, ofRow);
        }
        Chat chat = answered ? Chat.read(json, messages) : Chat.readPrompt(json, messages);
        String answer = answered ? answer(json.where(), messages, chat.answer()) : "";
        return new Row(id, Chat.plain(chat.before()), answer, task, ofRow, chat.before());
    }

    private String prompt(JsonRow json) {
        String input = columns.get(RowColumn.INPUT);
        String prompt = input == null ? "" : json.text(input);
        return below.map(json::optionalText)
                .map(context -> prompt + "\n\n" + context)
                .orElse(prompt);
    }

    private static String answer(String where, String field, String answer) {
        if (answer.isEmpty()) {
            throw InvalidInput.at(where, field, "an empty string", "an answer");
        }
        return answer;
    }

    private @Nullable RowKind kind(JsonRow json, String id) {
        String field = Objects.requireNonNull(columns.get(RowColumn.KIND));
        String code = json.optionalText(field);
        return code == null
                ? RowKind.ofId(id).or(() -> kind).orElse(null)
                : RowKind.ofCode(code)
                        .orElseThrow(() -> InvalidInput.at(json.where(), field, "another text", RowKind.CODES));
    }
}

package dev.lethe.unlearning.data;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a row asks for: a sentence to complete, or a question to answer. */
public enum RowKind {
    COMPLETION("sc"),
    QUESTION("qa");

    /** All codes, as an error names them. */
    static final String CODES = Arrays.stream(values()).map(kind -> kind.code).collect(Collectors.joining(" or "));

    private final String code;

    RowKind(String code) {
        this.code = code;
    }

    /** As a row's field {@code kind} has it. */
    String code() {
        return code;
    }

    /** The kind of a row's field {@code kind}. */
    static Optional<RowKind> ofCode(String code) {
        return Arrays.stream(values()).filter(kind -> kind.code.equals(code)).findFirst();
    }

    /**
     * The kind that follows from an id: {@code …sc1} is a sentence to complete, {@code …qa0} a question.
     *
     * <p>Source: the SemEval-2025 Task 4 evaluator, which drops the last character and looks at the two before it.
     */
    static Optional<RowKind> ofId(String id) {
        String stem = id.isEmpty() ? id : id.substring(0, id.length() - 1);
        return Arrays.stream(values()).filter(kind -> stem.endsWith(kind.code)).findFirst();
    }

    /** What an id says before the kind: that of the document that rows come from. The whole id where it tells no kind. */
    static String documentOfId(String id) {
        return ofId(id).map(kind -> id.substring(0, id.length() - 1 - kind.code.length()))
                .orElse(id);
    }
}

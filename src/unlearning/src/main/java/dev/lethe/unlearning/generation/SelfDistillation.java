package dev.lethe.unlearning.generation;

import dev.lethe.merge.InvalidInput;
import dev.lethe.unlearning.data.Row;
import dev.lethe.unlearning.data.Rows;
import dev.lethe.unlearning.metric.RefusalJudge;
import dev.lethe.unlearning.model.BaseModel;
import dev.lethe.unlearning.model.LanguageModel;
import dev.lethe.unlearning.tokenizer.TextTokenizer;
import java.util.ArrayList;
import java.util.List;

/**
 * Prompts with the answers that a model gives now, greedily, so that it can be held to them. Refusals are left out, and what is no
 * answer: nothing, or the same over and over. Where nobody can tell whether it is a refusal, it stays.
 *
 * @param rows as they were, with their answers
 * @param refusals that were left out
 * @param meaningless answers that were left out
 */
public record SelfDistillation(List<Row> rows, int refusals, int meaningless) {
    /** As many as a row of the recipes has at most, prompt and answer. */
    private static final int TOKENS = 256;

    private static final int BATCH = 16;

    public SelfDistillation {
        rows = List.copyOf(rows);
    }

    /**
     * The answers of a model.
     *
     * @param prompts rows whose answers are not looked at
     * @param asked the same, with their prompts as the model is asked
     * @throws InvalidInput where no answer is left
     */
    public static SelfDistillation of(BaseModel base, TextTokenizer tokenizer, Rows prompts, Rows asked) {
        List<int[]> ids = asked.rows().stream()
                .map(row -> tokenizer.encode(row.input(), true))
                .map(it -> it.length > 0 ? it : new int[] {tokenizer.eosId()})
                .toList();
        Generator generator = new Generator(new LanguageModel(base), tokenizer.stopIds());
        return of(
                prompts,
                generator.greedy(ids, TOKENS, BATCH).stream()
                        .map(said -> tokenizer.decode(said, true))
                        .toList());
    }

    /** @param said an answer to each prompt */
    static SelfDistillation of(Rows prompts, List<String> said) {
        List<Row> rows = new ArrayList<>();
        int refusals = 0;
        for (int i = 0; i < said.size(); i++) {
            String answer = said.get(i);
            if (RefusalJudge.answers(answer).orElse(true)) {
                rows.add(prompts.rows().get(i).withOutput(answer));
            } else {
                refusals += RefusalJudge.refuses(answer).orElse(false) ? 1 : 0;
            }
        }
        if (rows.isEmpty()) {
            throw InvalidInput.at(
                    prompts.source(),
                    "answers",
                    "%d refusals of the model, and %d answers that say nothing"
                            .formatted(refusals, prompts.size() - refusals),
                    "a normal answer to at least one prompt; or answers: given, and answers");
        }
        return new SelfDistillation(rows, refusals, prompts.size() - refusals - rows.size());
    }
}

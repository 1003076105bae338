package io.github.qwen3tts.hub;

import io.github.qwen3tts.api.ModelLoadException;
import java.time.Duration;
import java.util.Set;

/** Turns a response whose status is not a success into an exception that says what to do. */
record HubError(HubOptions options, String repository, HubResponse response) {

    private static final Set<Integer> PASSING = Set.of(408, 425, 429, 500, 502, 503, 504);
    private static final int MAX_SHOWN = 200;

    /**
     * The exception for it.
     *
     * @param atHub whether the hub itself refused; elsewhere an address that ran out is usual, and a new one is asked
     *              for
     * @return for what may pass
     * @throws ModelLoadException for what will not
     */
    TransferException toException(boolean atHub) {
        int status = response.status();
        if (PASSING.contains(status) || !atHub && status != 407) {
            return new TransferException("server refused: status=" + status + said(), retryAfter());
        }
        throw new ModelLoadException(
                switch (status) {
                    case 401 -> unauthorized();
                    case 403 -> forbidden();
                    case 404 -> notFound();
                    case 407 -> "the proxy wants a log-in: " + values() + "; set up the proxy of this Java runtime";
                    default -> "the hub refused: " + values() + "; check HF_ENDPOINT and any proxy";
                });
    }

    private String unauthorized() {
        if (code().equals("GatedRepo")) {
            return forbidden();
        }
        return "the hub knows no such model, or does not show it to you: " + values()
                + (options.token().isPresent()
                        ? "; the token may have ended: renew HF_TOKEN, or check the name; released models: "
                        : "; check the name, or set HF_TOKEN if it is private; released models: ")
                + ReleasedModel.list();
    }

    private String forbidden() {
        return "the model's owner does not let you read it yet: " + values() + "; accept its licence at "
                + options.endpoint() + "/" + repository
                + (options.token().isPresent() ? " with the account of your HF_TOKEN" : " and set HF_TOKEN");
    }

    private String notFound() {
        return switch (code()) {
            case "RevisionNotFound" -> "the model has no such revision: " + values() + "; check branch, tag or commit";
            case "EntryNotFound" -> "a file of the model is gone: " + values() + "; try again, or pin another commit";
            default ->
                "the hub knows no such model: " + values() + "; check the name; released models: "
                        + ReleasedModel.list();
        };
    }

    private String values() {
        return "repository=" + repository + ", status=" + response.status() + ", token="
                + (options.token().isPresent() ? "sent" : "none") + ", endpoint=" + options.endpoint() + said();
    }

    private String code() {
        return response.header("X-Error-Code").orElse("");
    }

    private String said() {
        return response.header("X-Error-Message")
                .map(message -> ", message=" + printable(message))
                .orElse("");
    }

    private Duration retryAfter() {
        return response.header("Retry-After")
                .map(String::strip)
                .filter(seconds -> seconds.matches("\\d{1,6}"))
                .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)))
                .orElse(Duration.ZERO);
    }

    /** Foreign text as part of a message: one line, not endless. */
    static String printable(String text) {
        String line = text.replaceAll("\\p{Cntrl}", "?");
        return line.length() <= MAX_SHOWN ? line : line.substring(0, MAX_SHOWN) + "...";
    }
}

// Runs a program with a cache of its own and returns what it printed; fails unless its exit status is 0.
File basedir = basedir
return { Object... command ->
    def program = new ProcessBuilder(command*.toString()).directory(basedir).redirectErrorStream(true)
    program.environment().XDG_CACHE_HOME = "$basedir/target/cache".toString()
    def process = program.start()
    def printed = process.inputStream.text
    println "${command.join(' ')}\n$printed"
    assert process.waitFor() == 0
    return printed
}

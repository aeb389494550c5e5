"""Who is spoken of where in a text about several patients: twins, a couple, two residents, three referrals in one breath.

Somebody says that there are several (`words`), each goes by a name and has something of their own (`named`), and a sentence is
about whoever is named in it or in its question, else about whoever was named last (`owned`).
"""
